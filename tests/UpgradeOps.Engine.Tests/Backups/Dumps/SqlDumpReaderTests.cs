using System.Text;
using UpgradeOps.Engine.Backups.Dumps;

namespace UpgradeOps.Engine.Tests.Backups.Dumps;

public sealed class SqlDumpReaderTests
{
    private const string Dump = """
        /*M!999999\- enable the sandbox mode */
        -- MariaDB dump 10.19-11.4  Distrib 11.4, for debian-linux-gnu (x86_64)
        /*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
        -- Table structure for table `it's`; with a semicolon
        DROP TABLE IF EXISTS `members`;
        CREATE TABLE `members` (
          `id` int(11) NOT NULL COMMENT 'a; (comment) -- # /* `',
          `values` text DEFAULT 'VALUES (1),(2)',
          PRIMARY KEY (`id`)
        ) ENGINE=InnoDB;
        /*!40000 ALTER TABLE `members` DISABLE KEYS */;
        INSERT INTO `members` VALUES
        (1,'plain'),
        (2,'it\'s; INSERT INTO `members` VALUES (9);'),
        (3,'),(''\\'),
        (4,NULL),(5,0x00FF),(6,POINT(1,(2)));
        INSERT INTO `members` (`id`,`values`) VALUES (7,"double ""quoted"" \" text");
        /*!40000 ALTER TABLE `members` ENABLE KEYS */;
        INSERT IGNORE INTO `odd ``name; Ünï` VALUES (1);
        DELIMITER ;;
        /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER t AFTER INSERT ON members FOR EACH ROW
        BEGIN
          INSERT INTO `audit` VALUES (1),(2);
          -- it's a comment
        END */;;
        DELIMITER ;
        INSERT INTO `last` VALUES (1),(2);
        -- Dump completed on 2026-03-01  2:30:00

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Rows_are_counted_however_the_text_is_cut_into_pieces(int piece)
    {
        var facts = Read(Dump, piece);
        Assert.Null(facts.Problem);
        Assert.Equal("MariaDB dump", facts.Kind);
        Assert.Equal(
            new Dictionary<string, long> { ["last"] = 2, ["members"] = 7, ["odd `name; Ünï"] = 1 },
            facts.Rows);
    }

    [Fact]
    public void A_dump_that_is_cut_anywhere_is_not_whole()
    {
        var text = Dump.TrimEnd();
        for (var length = 0; length <= text.IndexOf("-- Dump completed", StringComparison.Ordinal) + 10; length += 5)
        {
            if (length > 120) // the head says who wrote it; before that it could be anything
                Assert.NotNull(Read(text[..length], 64).Problem);
        }
    }

    [Fact]
    public void Text_of_an_unknown_tool_is_whole_when_its_last_statement_is()
    {
        Assert.Null(Read("CREATE TABLE t (a int);\nINSERT INTO `t` VALUES (1);\n", 10).Problem);
        Assert.Contains("statement", Read("CREATE TABLE t (a int);\nINSERT INTO `t` VALUES (1)", 10).Problem, StringComparison.Ordinal);
        Assert.Contains("quoted", Read("INSERT INTO `t` VALUES ('a", 10).Problem, StringComparison.Ordinal);
        Assert.Equal("it is empty", Read("", 10).Problem);
    }

    private static DumpFacts Read(string text, int piece)
    {
        var reader = new SqlDumpReader();
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += piece)
            reader.Feed(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        return reader.Finish();
    }
}
