using UpgradeOps.Engine.Releases.GitHub;

namespace UpgradeOps.Engine.Tests.Releases.GitHub;

public sealed class ChecksumFileTests
{
    private const string Name = "notes_1.0.0_linux_amd64.tar.gz";
    private static readonly string Sum = new('a', 64);
    private static readonly string Other = new('b', 64);
    private static readonly string Long = new('c', 128);
    private static readonly string Weak = new('d', 32);

    public static TheoryData<string, string> Good => new()
    {
        { $"{Other}  notes_1.0.0_darwin_arm64.tar.gz\n{Sum}  {Name}\n", $"sha256:{Sum}" },
        { $"{Sum} *{Name}\n", $"sha256:{Sum}" },
        { $"\uFEFF{Sum}  {Name}\r\n{Other}  x\r\n", $"sha256:{Sum}" },
        { $"{Sum.ToUpperInvariant()}\t{Name}", $"sha256:{Sum}" },
        { $"{Sum}  ./dist/{Name}\n", $"sha256:{Sum}" },
        { $"SHA256 ({Name}) = {Sum}\n", $"sha256:{Sum}" },
        { $"{Long}  {Name}\n", $"sha512:{Long}" },
        { $"{Sum}  {Name}\n{Long}  {Name}\n{Weak}  {Name}\n", $"sha256:{Sum} sha512:{Long}" },
        { $"# sums\n{Sum}  {Name}\n{Sum}  {Name}\n", $"sha256:{Sum}" },
        { $"{Sum}  {Name}.sbom\n{Other}  other-{Name}\n", "" },
        { $"{Sum}\n", "" },
        { "", "" },
        { "<html>Not Found</html>", "" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void It_reads_what_tools_write(string text, string digests) => Assert.Equal(digests, string.Join(' ', ChecksumFile.Find(text, Name)));

    [Fact]
    public void A_sum_alone_counts_in_a_file_of_its_own() => Assert.Equal([$"sha256:{Sum}"], ChecksumFile.Find($"{Sum}\r\n", Name, alone: true));

    [Fact]
    public void Several_without_names_belong_to_nobody() => Assert.Empty(ChecksumFile.Find($"{Sum}\n{Other}\n", Name, alone: true));

    [Theory]
    [InlineData(64, 64, "two different sums")]
    [InlineData(32, 40, "neither SHA-256 nor SHA-512")]
    public void Contradictions_and_weak_sums_are_told(int first, int second, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => ChecksumFile.Find($"{new string('1', first)}  {Name}\n{new string('2', second)}  {Name}\n", Name)).Message);
}
