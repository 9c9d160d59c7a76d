using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.PostgreSql;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class AnswerTests
{
    [Fact]
    public void Copy_text_tells_null_from_empty_and_from_the_letters()
    {
        var rows = CopyText.Parse("\\N\t\t\\\\N\ta\\tb\\nc\\\\d\\r\n\n");
        Assert.Equal([null, "", "\\N", "a\tb\nc\\d\r"], rows[0]);
        Assert.Equal([""], rows[1]);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void Copy_text_that_is_cut_is_no_answer() => Assert.Throws<FormatException>(() => CopyText.Parse("a\tb"));

    [Fact]
    public void Xml_tells_null_from_empty_and_from_the_letters()
    {
        const string xml = """
            <?xml version="1.0"?>

            <resultset statement="select &lt;row&gt;" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
              <row>
            	<field name="a&lt;b&quot;">1</field>
            	<field name="n" xsi:nil="true" />
            	<field name="e"></field>
            	<field name="t">NULL &amp;lt; &lt;field name=&quot;x&quot;&gt;
            line</field>
              </row>
            </resultset>
            <?xml version="1.0"?>

            <resultset statement="none" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"></resultset>
            """;
        var sets = XmlRows.Parse(xml);
        Assert.Equal(2, sets.Count);
        Assert.Equal(["1", null, "", "NULL &lt; <field name=\"x\">\nline"], Assert.Single(sets[0]));
        Assert.Empty(sets[1]);
    }
}
