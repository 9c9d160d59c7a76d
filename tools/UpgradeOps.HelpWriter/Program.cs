using UpgradeOps.HelpWriter;

if (args is not [var assembly, var references, var sources, var output])
{
    Console.Error.WriteLine("usage: UpgradeOps.HelpWriter <UpgradeOps.dll> <folders of its references, ;> <folder of *.md> <output.xml>");
    return 2;
}

var cmdlets = CmdletReader.Read(assembly, references.Split(';', StringSplitOptions.RemoveEmptyEntries));
var pages = Directory.GetFiles(sources, "*.md").Order(StringComparer.Ordinal).Select(HelpPage.Read).ToList();
var faults = pages.SelectMany(p => p.Faults).Concat(Parity.Check(cmdlets, pages)).ToList();
foreach (var fault in faults)
    Console.Error.WriteLine(fault);
if (faults.Count > 0)
    return 1;

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
MamlWriter.Write(output, cmdlets, pages);
return 0;
