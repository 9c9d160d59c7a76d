using System.Text;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps;

/// <summary>Whatever is fed to the loader, it answers with a definition or with its own exception.</summary>
public class DefinitionFuzzTests
{
    private const int Seed = 20240;
    private static readonly byte[] Marks = ":{}[]-&*!'\"\n \t0~"u8.ToArray();

    [Fact]
    public void Random_bytes_never_break_the_loader()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Try(bytes);
        }
    }

    [Fact]
    public void Random_text_of_YAMLs_own_characters_never_breaks_the_loader()
    {
        const string alphabet = "abc:-?[]{}&*!|>'\"%@` \n\t#,.~0123456789=<\\";
        var random = new Random(Seed);
        for (var i = 0; i < 5000; i++)
            Try(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)]))));
    }

    [Fact]
    public void Samples_cut_at_every_byte_never_break_the_loader()
    {
        foreach (var bytes in Definitions.SampleFiles.Select(File.ReadAllBytes))
        {
            for (var length = 0; length < bytes.Length; length++)
                Try(bytes.AsSpan(0, length));
        }
    }

    [Fact]
    public void Mutated_samples_never_break_the_loader()
    {
        var random = new Random(Seed);
        var refused = 0;
        foreach (var original in Definitions.SampleFiles.Select(File.ReadAllBytes))
        {
            for (var i = 0; i < 1500; i++)
            {
                var bytes = original.ToList();
                for (var edits = random.Next(1, 6); edits > 0; edits--)
                {
                    var at = random.Next(bytes.Count);
                    switch (random.Next(4))
                    {
                        case 0: bytes[at] = (byte)random.Next(256); break;
                        case 1: bytes.RemoveAt(at); break;
                        case 2: bytes.Insert(at, Marks[random.Next(Marks.Length)]); break;
                        default:
                            var chunk = bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at));
                            bytes.InsertRange(random.Next(bytes.Count), chunk);
                            break;
                    }
                }

                refused += Try([.. bytes]) ? 0 : 1;
            }
        }

        // Were most of them accepted, the loader would not be looking.
        Assert.True(refused > 1000, $"only {refused} refused");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_has_a_bottom(string piece) => Assert.False(Try(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 20000)))));

    [Fact]
    public void Aliases_of_aliases_do_not_explode()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 60; i++)
            yaml.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        Assert.False(Try(Encoding.UTF8.GetBytes(yaml.ToString())));
    }

    private static bool Try(ReadOnlySpan<byte> bytes)
    {
        try
        {
            DefinitionLoader.Parse(bytes, Definitions.File);
            return true;
        }
        catch (AppException e)
        {
            Assert.StartsWith("UpgradeOps.Definition.", e.ErrorId);
            Assert.NotEmpty(e.Message);
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {Seed}: {Convert.ToBase64String(bytes)}", e);
        }
    }
}
