using FsCheck;
using FsCheck.Fluent;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Tests.Releases.Versions;

/// <summary>What holds for any versions at all.</summary>
public class SemanticVersionProperties
{
    private static readonly Gen<string> Identifier = Gen.OneOf(
        Gen.Choose(0, 30).Select(n => $"{n}"),
        Gen.Elements("alpha", "beta", "rc", "RC", "x-y", "-", "007", "a1", "18446744073709551616"));

    private static readonly Gen<string> Suffix = Identifier.ListOf(2).Select(l => string.Join('.', l));

    private static readonly Gen<SemanticVersion> Versions =
        from v in Gen.Elements("", "v", "V")
        from count in Gen.Choose(2, 4)
        from numbers in Gen.Choose(0, 3).ArrayOf(count)
        from prerelease in Gen.OneOf(Gen.Constant(""), Identifier.Select(i => $"-{i}"), Suffix.Select(s => $"-{s}"))
        from build in Gen.OneOf(Gen.Constant(""), Suffix.Select(s => $"+{s}"), Identifier.Select(s => $"_{s}"))
        select SemanticVersion.TryParse(v + string.Join('.', numbers) + prerelease + build)
            ?? throw new InvalidOperationException("the generator made no version");

    private static readonly Arbitrary<SemanticVersion> Any = Versions.ToArbitrary();

    [Fact]
    public void The_normal_form_reads_as_the_same_version() =>
        Check(Prop.ForAll(Any, v => v.Equals(SemanticVersion.TryParse(v.ToString())) && v.ToString() == SemanticVersion.TryParse(v.ToString())!.ToString()));

    [Fact]
    public void Order_is_total() => Check(Prop.ForAll(Any, Any, (a, b) =>
        Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a)) && a.CompareTo(b) == 0 == a.Equals(b) && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode())));

    [Fact]
    public void Order_is_transitive() => Check(Prop.ForAll(Any, Any, Any, (a, b, c) =>
        !(a.CompareTo(b) <= 0 && b.CompareTo(c) <= 0) || a.CompareTo(c) <= 0));

    [Fact]
    public void Build_metadata_does_not_count() =>
        Check(Prop.ForAll(Any, v => v.Equals(SemanticVersion.TryParse($"{v.ToString().Split('+')[0]}+other"))));

    [Fact]
    public void A_prerelease_comes_before_its_release() => Check(Prop.ForAll(Any, v =>
        !v.IsPrerelease || v.CompareTo(SemanticVersion.TryParse(v.ToString().Split('-', '+')[0])) < 0));

    [Fact]
    public void Nothing_makes_it_throw() => Check(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => SemanticVersion.TryParse(text) is null or { Text.Length: > 0 }));

    private static void Check(Property property) => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), property);
}
