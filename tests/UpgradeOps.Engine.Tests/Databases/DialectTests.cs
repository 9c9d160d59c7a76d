using System.Text;
using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.PostgreSql;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class DialectTests
{
    [Theory]
    [InlineData("kmp", "\"kmp\"")]
    [InlineData("a\"; DROP DATABASE b; --", "\"a\"\"; DROP DATABASE b; --\"")]
    public void Postgres_names_stay_names(string name, string sql) => Assert.Equal(sql, PostgresDialect.Instance.Name(name));

    [Theory]
    [InlineData("it's", "'it''s'")]
    [InlineData("\\'; --", "E'\\\\''; --'")]
    public void Postgres_texts_stay_texts(string text, string sql) => Assert.Equal(sql, PostgresDialect.Instance.Text(text));

    [Theory]
    [InlineData("kmp", "`kmp`")]
    [InlineData("a`; DROP DATABASE b; -- ", "`a``; DROP DATABASE b; -- `")]
    public void MariaDb_names_stay_names(string name, string sql) => Assert.Equal(sql, MariaDbDialect.Instance.Name(name));

    [Theory]
    [InlineData("", "''")]
    [InlineData("\\'", "_utf8mb4 X'5C27'")]
    public void MariaDb_texts_stay_texts(string text, string sql) => Assert.Equal(sql, MariaDbDialect.Instance.Text(text));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void Impossible_names_are_refused(string name)
    {
        Assert.Equal(ErrorIds.DefinitionInvalid, Assert.Throws<AppException>(() => PostgresDialect.Instance.Name(name)).ErrorId);
        Assert.Equal(ErrorIds.DefinitionInvalid, Assert.Throws<AppException>(() => MariaDbDialect.Instance.Name(name)).ErrorId);
    }

    [Fact]
    public void A_name_beside_another_fits_and_stays_apart()
    {
        Assert.Equal("kmp_aside", PostgresDialect.Instance.Beside("kmp", "_aside"));
        var names = new[] { new string('ü', 31), new string('ü', 30) + "x", string.Concat(Enumerable.Repeat("😀", 15)) };
        foreach (var name in names)
        {
            var beside = PostgresDialect.Instance.Beside(name, "_aside");
            Assert.InRange(Encoding.UTF8.GetByteCount(beside), 1, 63);
            Assert.EndsWith("_aside", beside, StringComparison.Ordinal);
            Assert.DoesNotContain("\ufffd", beside);
            Assert.NotEqual(beside, PostgresDialect.Instance.Beside(name, "_loading"));
        }

        Assert.Equal(names.Length, names.Select(n => PostgresDialect.Instance.Beside(n, "_aside")).Distinct().Count());
    }
}
