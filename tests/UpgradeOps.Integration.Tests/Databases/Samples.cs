namespace UpgradeOps.Integration.Databases;

/// <summary>A schema with everything that is awkward to move, and a few rows in it.</summary>
internal static class Samples
{
    public const string OddTable = "odd \"na`me\" 'q' -Ünï 表";

    /// <summary>An odd name of a database; unique, so that tests do not meet.</summary>
    public static string OddName() => $"Odd \"n`a\\me' =-{Guid.NewGuid().ToString("N")[..6]}Ü";

    /// <summary>Without quotes and backslashes: mariadb-dump itself cannot dump the events of such a database.</summary>
    public static string OddMariaDbName() => $"-Odd n`a; me =-{Guid.NewGuid().ToString("N")[..6]}Ü";

    public static string PlainName() => $"kmp_{Guid.NewGuid().ToString("N")[..8]}";

    public static string MariaDb(string marker) => $"""
        SET NAMES utf8mb4;
        CREATE TABLE parent (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40) CHARACTER SET latin1, weight INT DEFAULT 3, twice INT GENERATED ALWAYS AS (weight * 2) STORED, thrice INT AS (weight * 3) VIRTUAL, CONSTRAINT positive CHECK (weight > 0), FULLTEXT KEY words (name));
        CREATE TABLE child (id INT PRIMARY KEY AUTO_INCREMENT, parent INT, self INT, CONSTRAINT fk_parent FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE, CONSTRAINT fk_self FOREIGN KEY (self) REFERENCES child (id));
        CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT);
        CREATE TABLE `{OddTable.Replace("`", "``")}` (`a "b` INT, data LONGBLOB, PRIMARY KEY (`a "b`)) ENGINE = MyISAM;
        CREATE TABLE parted (id INT) PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10), PARTITION rest VALUES LESS THAN MAXVALUE);
        CREATE TABLE versioned (id INT) WITH SYSTEM VERSIONING;
        CREATE TABLE marker (what VARCHAR(64));
        CREATE SEQUENCE numbers START WITH 100;
        DELIMITER //
        CREATE FUNCTION plus_one(x INT) RETURNS INT DETERMINISTIC RETURN x + 1//
        CREATE PROCEDURE note(IN what TEXT) MODIFIES SQL DATA BEGIN -- a comment; with a semicolon
            INSERT INTO audit (what) VALUES (CONCAT('it''s ', what));
        END//
        CREATE TRIGGER child_noted AFTER INSERT ON child FOR EACH ROW BEGIN CALL note(CONCAT('child ', NEW.id)); END//
        CREATE TRIGGER child_after AFTER INSERT ON child FOR EACH ROW FOLLOWS child_noted SET @last = NEW.id//
        CREATE TRIGGER `odd "trigger` BEFORE UPDATE ON `{OddTable.Replace("`", "``")}` FOR EACH ROW SET NEW.data = COALESCE(NEW.data, 'ünï')//
        CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO CALL note('nightly')//
        CREATE EVENT asleep ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DISABLE DO CALL note('asleep')//
        DELIMITER ;
        CREATE VIEW z_children AS SELECT id, parent FROM child;
        CREATE SQL SECURITY INVOKER VIEW a_names AS SELECT c.id, p.name, plus_one(c.id) AS next FROM z_children c JOIN parent p ON p.id = c.parent;
        INSERT INTO parent (name) VALUES ('one'), ('two');
        INSERT INTO child (parent, self) VALUES (1, NULL), (2, 1);
        INSERT INTO `{OddTable.Replace("`", "``")}` VALUES (1, X'00ff27225c0a0d1a'), (2, NULL);
        INSERT INTO parted VALUES (1), (100);
        INSERT INTO versioned VALUES (1);
        INSERT INTO marker VALUES ('{marker}');
        SELECT NEXTVAL(numbers);
        """;

    public static string Postgres(string marker) => $"""
        CREATE SCHEMA "odd schema";
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
        CREATE DOMAIN short AS varchar(10) CHECK (VALUE <> '');
        CREATE TABLE parent (id serial PRIMARY KEY, name varchar(40) CHECK (name IN ('one', 'two', 'three')), feeling mood DEFAULT 'ok', tags text[] DEFAULT '{"{}"}', n numeric(10,2), twice int GENERATED ALWAYS AS (1 + 1) STORED);
        CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, parent int REFERENCES parent ON DELETE CASCADE, at timestamptz DEFAULT now(), label short);
        CREATE INDEX child_half ON child (parent) WHERE label IS NOT NULL;
        CREATE TABLE audit (id bigserial PRIMARY KEY, what text);
        CREATE TABLE "odd schema"."{OddTable.Replace("\"", "\"\"")}" ("a 'b" int, data bytea);
        CREATE TABLE parted (id int) PARTITION BY RANGE (id);
        CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10);
        CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
        CREATE TABLE marker (what text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN INSERT INTO audit (what) VALUES ('it''s; ' || NEW.id); RETURN NEW; END $body$;
        CREATE TRIGGER noted AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION note();
        CREATE VIEW names AS SELECT c.id, p.name FROM child c JOIN parent p ON p.id = c.parent WHERE p.name IN ('one', 'two');
        CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM child;
        INSERT INTO parent (name) VALUES ('one'), ('two');
        INSERT INTO child (parent, label) VALUES (1, 'x'), (2, E'tab\tnl\n');
        INSERT INTO "odd schema"."{OddTable.Replace("\"", "\"\"")}" VALUES (1, '\x00ff275c0a'), (2, NULL);
        INSERT INTO parted VALUES (1), (100);
        INSERT INTO marker VALUES ('{marker}');
        SELECT lo_from_bytea(0, '\x0102');
        """;
}
