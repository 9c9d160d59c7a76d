using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>generate:</c></summary>
internal static class GenerateBinding
{
    private const string Usual = ".env";

    public static IReadOnlyList<GenerateDefinition> Bind(Section root) => [.. root.Children("generate", DefinitionKeys.Generate).Select(Entry)];

    /// <summary>Two entries must not make one thing, nor an entry what the update itself writes.</summary>
    public static void Check(AppDefinition definition, Section root)
    {
        var seen = new HashSet<string>();
        var envFiles = definition.Generate.Where(g => g.Variable is not null).Select(g => g.EnvFile).ToHashSet();
        foreach (var section in root.Children("generate", DefinitionKeys.Generate))
        {
            if (section.Text("variable") is { } variable)
            {
                var file = section.Text("env-file") ?? Usual;
                if (!seen.Add($"{file}#{variable}"))
                    section.Wrong("variable", $"another entry makes {variable} in {file} already", "Keep one of the two.");
                if (definition.Platform.Compose is { Variable.Length: > 0 } compose && compose.Variable == variable && compose.EnvFile == file)
                    section.Wrong("variable", "platform.compose.version names it: updates write it", "Remove this entry.");
            }

            foreach (var key in new[] { "file", "private", "public" })
            {
                if (section.Text(key) is { } path && (!seen.Add(path) || envFiles.Contains(path)))
                    section.Wrong(key, $"another entry makes {path} already", "Keep one of the two.");
            }
        }
    }

    private static GenerateDefinition Entry(Section section)
    {
        section.ExactlyOne("variable", "file", "key");
        var entry = section.Has("key") ? Pair(section) : section.Has("file") ? File(section) : Variable(section);
        return entry with { Disposable = section.Choice("disposable", "false", ["true", "false"]) == "true" };
    }

    private static GenerateDefinition Variable(Section section)
    {
        if (section.Has("variable"))
            section.ExactlyOne("random", "value");
        Forbid(section, "a key pair", "private", "public");
        Forbid(section, "a file", "mode");
        if (section.Has("value"))
            Forbid(section, "random values", "bytes", "length", "disposable");
        return Random(section) with
        {
            Variable = section.Text("variable", TextRule.Variable) ?? "",
            EnvFile = section.Text("env-file", TextRule.Inside) ?? Usual,
            Value = section.Text("value", TextRule.EnvValue),
        };
    }

    private static GenerateDefinition File(Section section)
    {
        Forbid(section, "a variable", "env-file", "value");
        Forbid(section, "a key pair", "private", "public");
        if (!section.Has("random"))
            section.Missing("random", $"Say what it is written with: {string.Join(", ", GenerateDefinition.Forms)}.");
        return Random(section) with { File = section.Text("file", TextRule.Inside) ?? "", Mode = Mode(section) };
    }

    private static GenerateDefinition Pair(Section section)
    {
        Forbid(section, "a variable", "env-file", "value");
        Forbid(section, "random values", "random", "bytes", "length");
        return new GenerateDefinition
        {
            Key = section.Choice("key", GenerateDefinition.Ed25519, GenerateDefinition.Keys),
            Private = section.RequiredText("private", TextRule.Inside, "Name the file of the private key, such as secrets/jwt_private.pem."),
            Public = section.RequiredText("public", TextRule.Inside, "Name the file of the public key, such as secrets/jwt_public.pem."),
            Mode = Mode(section),
        };
    }

    private static GenerateDefinition Random(Section section)
    {
        if (!section.Has("random"))
            return new GenerateDefinition();
        var form = section.Choice("random", GenerateDefinition.Alphanumeric, GenerateDefinition.Forms);
        var (size, other) = form == GenerateDefinition.Alphanumeric ? ("length", "bytes") : ("bytes", "length");
        section.MustNotHave(other, $"{form} is measured in {(size == "bytes" ? "bytes before they are encoded" : "characters")}", $"Use '{size}: …' instead.");
        return new GenerateDefinition
        {
            Random = form,
            Size = section.Number(size, GenerateDefinition.LeastSize, GenerateDefinition.MostSize) ?? GenerateDefinition.UsualSize,
        };
    }

    private static string Mode(Section section) => section.Text("mode", TextRule.Mode) ?? "0600";

    private static void Forbid(Section section, string home, params string[] keys)
    {
        foreach (var key in keys)
            section.MustNotHave(key, $"it belongs to {home}", "Remove it.");
    }
}
