using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps;

/// <summary>Where in the repository a folder of a built release comes from.</summary>
public sealed class BuildCopyDefinitionTests
{
    [Theory]
    [InlineData("migrations", "migrations", "migrations", "migrations")]
    [InlineData(".", ".", "migrations", "migrations")]
    [InlineData("./server/", "app/", "app/migrations/", "server/migrations")]
    [InlineData("server", ".", "migrations/down", "server/migrations/down")]
    [InlineData(".", "app", "app", ".")]
    [InlineData("server/sql", "migrations", "migrations", "server/sql")]
    [InlineData("server", "app", "application", null)]
    [InlineData("server", "app/deep", "app", null)]
    public void It_is_what_is_copied_there(string from, string to, string folder, string? source) =>
        Assert.Equal(source, new BuildCopyDefinition { From = from, To = to }.SourceOf(folder));

    [Fact]
    public void Several_parts_may_be_copied_into_one_folder() => Assert.Equal(
        ["a/migrations", "c"],
        new BuildDefinition { Copy = [new() { From = "a", To = "." }, new() { From = "b", To = "bin" }, new() { From = "c", To = "migrations" }] }.SourcesOf("migrations"));
}
