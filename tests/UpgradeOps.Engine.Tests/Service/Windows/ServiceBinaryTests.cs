using UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

namespace UpgradeOps.Engine.Tests.Service.Windows;

public sealed class ServiceBinaryTests
{
    private const string Current = @"C:\srv\my notes\current";

    [Theory]
    [InlineData(@"""C:\srv\my notes\current\bin\notes.exe"" --port 80", "bin/notes.exe")]
    [InlineData(@"C:\srv\my notes\current\my app.exe --port 80", "my app.exe")]
    [InlineData(@"c:\SRV\My Notes\Current\notes.exe", "notes.exe")]
    [InlineData(@"C:/srv/my notes/current/notes.exe", "notes.exe")]
    [InlineData(@"\\?\C:\srv\my notes\current\notes.exe", "notes.exe")]
    [InlineData(@"""C:\Program Files\dotnet\dotnet.exe"" ""C:\srv\my notes\current\Notes.dll"" --log C:\log\x.exe", "Notes.dll")]
    [InlineData(@"C:\dotnet\dotnet.exe C:\srv\my notes\current\Notes.dll --with x.exe", "Notes.dll")]
    [InlineData(@"C:\host.exe --content=""C:\srv\my notes\current""", "")]
    public void A_part_goes_through_the_link(string line, string below) => Assert.Equal(below, ServiceBinary.Below(line, Current));

    [Theory]
    [InlineData(@"C:\srv\my notes\releases\1.0.0\notes.exe")]
    [InlineData(@"C:\srv\my notes\current-old\notes.exe")]
    [InlineData(@"D:\backup-of-C:\srv\my notes\current\notes.exe")]
    [InlineData("")]
    public void None_does(string line) => Assert.Null(ServiceBinary.Below(line, Current));

    [Theory]
    [InlineData(@"C:\srv\releases\1.0.0\a.exe", @"c:\srv\releases", true)]
    [InlineData(@"C:\srv\releases-old\a.exe", @"C:\srv\releases", false)]
    [InlineData(@"C:\srv\releases", @"C:\srv\releases\", true)]
    public void Paths_are_compared_as_Windows_does(string path, string folder, bool below) => Assert.Equal(below, ServiceBinary.IsBelow(path, folder));
}
