using System.Text;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class GuardTests
{
    /// <summary>Chunks in which a dump may arrive.</summary>
    private static readonly int[] Sizes = [1, 2, 3, 7, 64, 100_000];

    [Fact]
    public async Task What_mysqldump_writes_passes_as_it_is()
    {
        const string dump = """
            /*M!999999\- enable the sandbox mode */ 
            -- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, it's for Linux
            /*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
            /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
            DROP TABLE IF EXISTS `users`;
            CREATE TABLE `users` (
              `id` int(11) NOT NULL DEFAULT 1.5 COMMENT 'USE other; it''s',
              `n` int(11) DEFAULT nextval(`kmp`.`numbers`)
            ) ENGINE=InnoDB;
            LOCK TABLES `users` WRITE;
            INSERT INTO `users` VALUES (1,'a\'b;\nUSE mysql;\n',NULL,0x00FF),(2,"DROP DATABASE kmp;",'\\');
            UNLOCK TABLES;
            DELIMITER ;;
            /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER t AFTER INSERT ON users FOR EACH ROW BEGIN
              INSERT INTO audit.log VALUES (1); # it's
              USE_IT: LOOP LEAVE USE_IT; END LOOP;
            END */;;
            CREATE DEFINER=`root`@`%` PROCEDURE `p`()
            BEGIN DROP DATABASE x; END;;
            DELIMITER ;
            /*!50001 CREATE ALGORITHM=UNDEFINED */
            /*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
            /*!50001 VIEW `v` AS select `other`.`t`.`id` AS `id` from `other`.`t` */;
            SELECT SETVAL(`numbers`, 1001, 0);

            -- Dump completed on 2026-02-19  3:00:00

            """;
        foreach (var size in Sizes)
            Assert.Equal(dump, await PassAsync(dump, new MariaDbGuard("database main", "kmp_scratch"), size));
    }

    [Theory]
    [InlineData("SELECT 1;\nUSE mysql;", 2, "USE")]
    [InlineData("SELECT 1;\n\n/*!40000 DROP DATABASE IF EXISTS `kmp`*/;", 3, "DROP DATABASE")]
    [InlineData("CREATE DATABASE /*!32312 IF NOT EXISTS*/ `kmp`;", 1, "CREATE DATABASE")]
    [InlineData("create schema kmp", 1, "CREATE SCHEMA")]
    [InlineData("ALTER DATABASE kmp READ ONLY = 1;", 1, "ALTER DATABASE")]
    [InlineData("INSERT INTO `kmp`.`users` VALUES (1);", 1, "kmp")]
    [InlineData("INSERT INTO kmp . users VALUES (1);", 1, "kmp")]
    [InlineData("DROP TABLE IF EXISTS a, `kmp`.b;", 1, "kmp")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON kmp.users FOR EACH ROW SET @a = 1;", 1, "kmp")]
    [InlineData("RENAME TABLE users TO kmp.users;", 1, "kmp")]
    [InlineData("TRUNCATE kmp.users;", 1, "kmp")]
    [InlineData("-- it's\n# it's\n/* it's */ GRANT ALL ON *.* TO a;", 3, "GRANT")]
    [InlineData("DROP USER a;", 1, "DROP USER")]
    [InlineData("SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'x:1';", 1, "SET GLOBAL")]
    [InlineData("SET NAMES gbk;", 1, "GBK")]
    [InlineData("SET @a = 'DROP DATABASE kmp'; PREPARE s FROM @a;", 1, "PREPARE")]
    [InlineData("DELIMITER $$\nSELECT 1$$\nUSE mysql$$", 3, "USE")]
    [InlineData("SELECT 'a\\';USE mysql;", 1, "middle of a quoted text")]
    [InlineData("SET sql_mode='NO_BACKSLASH_ESCAPES';\nSELECT 'a\\';\nUSE mysql;", 3, "USE")]
    [InlineData("SET sql_mode='NO_BACKSLASH_ESCAPES';SET SQL_MODE=@OLD_SQL_MODE;\nSELECT 'a\\'';\nUSE mysql;", 3, "USE")]
    public async Task A_dump_that_reaches_elsewhere_is_refused_by_its_line(string dump, int line, string says)
    {
        foreach (var size in Sizes)
        {
            var e = await Assert.ThrowsAsync<AppException>(() => PassAsync(dump, new MariaDbGuard("database main", "kmp_scratch"), size));
            Assert.Contains($"line {line}", e.Message);
            Assert.Contains(says, e.Message);
        }
    }

    [Fact]
    public async Task Nothing_of_a_refused_statement_passes()
    {
        var passed = new StringBuilder();
        await Assert.ThrowsAsync<AppException>(() => PassAsync("SELECT 1;\nDROP /* x */ DATABASE kmp;\n", new MariaDbGuard("x", "y"), 5, passed));
        Assert.DoesNotContain("DROP", passed.ToString());
    }

    [Theory]
    [InlineData("SELECT 1;\nALTER DATABASE `k``mp` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;\nSELECT 2;", "SELECT 1;\nALTER DATABASE `scr``atch` CHARACTER SET LATIN1 COLLATE LATIN1_SWEDISH_CI ;\nSELECT 2;")]
    [InlineData("DELIMITER ;;\nALTER DATABASE CHARACTER SET utf8mb4 ;;\n", "DELIMITER ;;\nALTER DATABASE `scr``atch` CHARACTER SET UTF8MB4 ;;\n")]
    public async Task Default_characters_are_set_for_the_new_database_instead(string dump, string passed) =>
        Assert.Equal(passed, await PassAsync(dump, new MariaDbGuard("database main", "scr`atch"), 3));

    [Fact]
    public async Task What_pg_dump_writes_passes_but_for_its_guard_words()
    {
        const string dump = """
            --
            -- PostgreSQL database dump
            --

            \restrict abcDEF123

            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);
            CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $_$ BEGIN EXECUTE 'DROP DATABASE x'; \echo '$$' END $_$;
            COMMENT ON TABLE public.t IS 'it''s \ a; DROP DATABASE x;';
            ALTER TABLE public.t OWNER TO "o;w\n";
            /* nested /* ; */ DROP DATABASE x; */
            CREATE USER MAPPING FOR PUBLIC SERVER s;
            COPY public.t (a, "from") FROM stdin;
            1	\\. it's
            DROP DATABASE x;
            \N	\.x
            \.


            SELECT E'a\';b', a$b, $1, 'c\';
            GRANT ALL ON SCHEMA public TO PUBLIC;

            --
            -- PostgreSQL database dump complete
            --

            \unrestrict abcDEF123


            """;
        var expected = dump.Replace("\\restrict abcDEF123", "").Replace("\\unrestrict abcDEF123", "");
        foreach (var size in Sizes)
            Assert.Equal(expected, await PassAsync(dump, new PostgresGuard("database main"), size));
    }

    private const string Cluster = """
        --
        -- PostgreSQL database cluster dump
        --
        \restrict abc1
        SET standard_conforming_strings = on;
        DROP ROLE x;
        CREATE ROLE kmp;
        ALTER ROLE kmp WITH LOGIN PASSWORD 'SCRAM;\connect kmp';
        \unrestrict abc1
        \connect template1
        CREATE TABLE wrong (a int);
        COPY wrong (a) FROM stdin;
        \.

        DROP DATABASE "o'd ""d";
        CREATE DATABASE "o'd ""d";
        \connect -reuse-previous=on "dbname='o\'d ""d'"
        CREATE TABLE other (a text DEFAULT '
        \connect kmp
        ');
        DO $$ BEGIN PERFORM dblink('x'); END $$;
        CREATE DATABASE kmp WITH TEMPLATE = template0;
        ALTER DATABASE kmp OWNER TO kmp;
        \connect kmp
        SET client_encoding = 'UTF8';
        ALTER DATABASE kmp SET timezone TO 'UTC';
        COMMENT ON DATABASE kmp IS 'x;y';
        GRANT CONNECT ON DATABASE kmp TO kmp;
        CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$
        \connect postgres
        $_$;
        COPY public.t (a) FROM stdin;
        -- Database "postgres" dump
        \\connect postgres
        \.

        DROP DATABASE postgres;
        CREATE DATABASE postgres;
        \connect postgres
        CREATE TABLE last (a int);
        -- PostgreSQL database cluster dump complete

        """;

    [Fact]
    public async Task Of_the_text_of_a_whole_server_only_the_one_database_passes()
    {
        const string expected = """

            SET client_encoding = 'UTF8';



            CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$
            \connect postgres
            $_$;
            COPY public.t (a) FROM stdin;
            -- Database "postgres" dump
            \\connect postgres
            \.




            """;
        foreach (var size in Sizes)
            Assert.Equal(expected, await PassAsync(Cluster[(Cluster.IndexOf("SET stan", StringComparison.Ordinal))..], new PostgresGuard("database main", new PostgresSections("database main", "kmp")), size));
        var odd = await PassAsync(Cluster[(Cluster.IndexOf("DROP ROLE", StringComparison.Ordinal))..].Replace("DO $$ BEGIN PERFORM dblink('x'); END $$;", ""), new PostgresGuard("database main", new PostgresSections("database main", "o'd \"d")), 7);
        Assert.Contains("CREATE TABLE other", odd);
        Assert.DoesNotContain("TABLE last", odd);
        Assert.DoesNotContain("public.t", odd);
    }

    [Theory]
    [InlineData("none", "has no database 'none'; it has: template1, o'd \"d, kmp, postgres")]
    [InlineData("o'd \"d", "runs code that speaks of databases")]
    [InlineData(null, "changes from database template1 to o'd \"d")]
    public async Task A_text_of_a_server_without_the_database_or_with_harm_in_its_part_is_refused(string? wanted, string says)
    {
        var e = await Assert.ThrowsAsync<AppException>(() => PassAsync(Cluster[(Cluster.IndexOf("SET stan", StringComparison.Ordinal))..], new PostgresGuard("database main", new PostgresSections("database main", wanted)), 64));
        Assert.Contains(says, e.Message);
    }

    [Fact]
    public async Task Of_a_dump_that_makes_its_database_what_comes_after_passes()
    {
        const string dump = "DROP DATABASE IF EXISTS x;\nCREATE DATABASE x;\n\\connect x\nSET a = 1;\nALTER DATABASE x SET a = 2;\nCREATE TABLE t (a int);\n";
        foreach (var size in Sizes)
            Assert.Equal("\nSET a = 1;\n\nCREATE TABLE t (a int);\n", await PassAsync(dump, new PostgresGuard("database main", new PostgresSections("database main", null)), size));
    }

    [Theory]
    [InlineData("SELECT 1;\n\\connect kmp\n", 2, "\\connect")]
    [InlineData("SELECT 1 \\! rm -rf /\n", 1, "\\!")]
    [InlineData("\\restrict a; \\connect kmp\n", 1, "\\restrict")]
    [InlineData("CREATE DATABASE kmp WITH TEMPLATE = template0;", 1, "CREATE DATABASE")]
    [InlineData("SELECT 1;\n/* x */ drop -- y\n database kmp;", 2, "DROP DATABASE")]
    [InlineData("ALTER DATABASE kmp OWNER TO kmp;", 1, "ALTER DATABASE")]
    [InlineData("CREATE ROLE kmp;", 1, "CREATE ROLE")]
    [InlineData("ALTER SYSTEM SET fsync = off;", 1, "ALTER SYSTEM")]
    [InlineData("COMMENT ON DATABASE kmp IS 'x';", 1, "COMMENT")]
    [InlineData("GRANT CONNECT ON DATABASE kmp TO x;", 1, "GRANT")]
    [InlineData("GRANT a TO b;", 1, "GRANT")]
    [InlineData("DROP OWNED BY x;", 1, "DROP OWNED")]
    [InlineData("COPY t TO PROGRAM 'sh';", 1, "file or program")]
    [InlineData("DO $$ BEGIN EXECUTE 'ALTER DATABASE kmp SET x = 1'; END $$;", 1, "runs code")]
    [InlineData("SELECT dblink_exec('dbname=kmp', 'DROP TABLE t');", 1, "runs code")]
    [InlineData("SET client_encoding = 'SJIS';", 1, "SJIS")]
    [InlineData("SET standard_conforming_strings = off;\nINSERT INTO t VALUES ('a\\'; DROP DATABASE x;');\nDROP DATABASE y;", 3, "DROP DATABASE")]
    [InlineData("SELECT 'a\\';\nDROP DATABASE x; -- '", 2, "DROP DATABASE")]
    [InlineData("SELECT E'a\\'';\nDROP DATABASE x;", 2, "DROP DATABASE")]
    [InlineData("INSERT INTO t VALUES (E'a''b\\'; DROP DATABASE x;');\nDROP DATABASE y;", 2, "DROP DATABASE")]
    [InlineData("COPY t FROM stdin; DROP DATABASE x;\n1\n\\.\n", 1, "same line")]
    [InlineData("COPY t FROM stdin;\n1\n", 3, "middle of a table's rows")]
    [InlineData("COPY t FROM stdin;\n1\n\\.\nDROP DATABASE x;", 4, "DROP DATABASE")]
    [InlineData("SELECT $a$ it", 1, "middle of a quoted text")]
    public async Task A_postgres_dump_that_reaches_elsewhere_or_is_cut_is_refused_by_its_line(string dump, int line, string says)
    {
        foreach (var size in Sizes)
        {
            var e = await Assert.ThrowsAsync<AppException>(() => PassAsync(dump, new PostgresGuard("database main"), size));
            Assert.Contains($"line {line}", e.Message);
            Assert.Contains(says, e.Message);
        }
    }

    [Theory]
    [InlineData("\u001f\u008b\u0008\u0000\u0000\u0000\u0000\u0000", "gzip")]
    [InlineData("ÿþS\0E\0L\0E\0", "UTF-16")]
    [InlineData("PGDMP\u0001\u000e\u0000\u0000", "archive")]
    [InlineData("", "is empty")]
    [InlineData("-- MySQL dump 10.13\nSELECT 1;\n", "lacks its last lines")]
    [InlineData("--\n-- PostgreSQL database dump\n--\nSELECT 1;\n", "lacks its last lines")]
    public async Task What_is_no_whole_dump_is_damaged(string dump, string says)
    {
        var e = await Assert.ThrowsAsync<AppException>(() => PassAsync(Encoding.Latin1.GetBytes(dump), new PostgresGuard("x"), 3, new StringBuilder()));
        Assert.Equal(ErrorIds.BackupDamaged, e.ErrorId);
        Assert.Contains(says, e.Message);
    }

    [Fact]
    public async Task A_byte_order_mark_is_left_out() => Assert.Equal("SELECT 1;", await PassAsync("\ufeffSELECT 1;", new PostgresGuard("x"), 3));

    private static async Task<string> PassAsync(string dump, SqlLexer lexer, int size, StringBuilder? passed = null)
    {
        passed ??= new StringBuilder();
        await PassAsync(Encoding.UTF8.GetBytes(dump), lexer, size, passed);
        return passed.ToString();
    }

    private static async Task PassAsync(byte[] dump, SqlLexer lexer, int size, StringBuilder passed)
    {
        await using var guarded = new GuardedStream(new DroppingStream(dump, size), lexer, "database main");
        var buffer = new byte[1000];
        int read;
        while ((read = await guarded.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            passed.Append(Encoding.UTF8.GetString(buffer, 0, read));
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class DroppingStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
