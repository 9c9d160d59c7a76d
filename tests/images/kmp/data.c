/* The application's data: a database reached through its own client, or a file in the volume. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/wait.h>
#include "kmp.h"

/* Runs statements through the database's client; the first answer goes to `out`. Returns the client's exit code. */
static int run_sql(const char *sql, char *out, size_t size)
{
    int answer[2], status;
    if (pipe(answer))
        return -1;
    signal(SIGCHLD, SIG_DFL);
    pid_t child = fork();
    if (child == 0) {
        dup2(answer[1], 1);
        close(answer[0]);
        close(answer[1]);
        if (!strcmp(settings.database, "postgres"))
            execlp("psql", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, (char *)0);
        else
            execlp("mariadb", "mariadb", "--batch", "--skip-column-names", "--connect-timeout=3",
                "-h", getenv("DB_HOST"), "-u", getenv("DB_USER"), "-e", sql, getenv("DB_NAME"), (char *)0);
        _exit(127);
    }
    close(answer[1]);
    size_t used = 0;
    ssize_t n;
    while (size && used < size - 1 && (n = read(answer[0], out + used, size - 1 - used)) > 0)
        used += n;
    if (size) {
        out[used] = 0;
        out[strcspn(out, "\n")] = 0;
    }
    close(answer[0]);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The clients take what they can from their own variables, so that no password stands on a command line. */
static void name_the_database(void)
{
    const char *names[][2] = { { "PGHOST", "DB_HOST" }, { "PGUSER", "DB_USER" }, { "PGDATABASE", "DB_NAME" },
        { "PGPASSWORD", "DB_PASSWORD" }, { "MYSQL_PWD", "DB_PASSWORD" } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i][0], getenv(names[i][1]) ? getenv(names[i][1]) : "", 1);
}

long long migrate(void)
{
    static char sql[8192], answer[64];
    int tries = 0;
    name_the_database();
    while (run_sql("CREATE TABLE IF NOT EXISTS phinxlog (version BIGINT PRIMARY KEY, migration_name VARCHAR(100), "
        "start_time TIMESTAMP NULL, end_time TIMESTAMP NULL, breakpoint BOOLEAN NOT NULL DEFAULT false)", answer, sizeof answer)) {
        if (++tries == 60) {
            say("database does not answer, giving up");
            exit(1);
        }
        usleep(500000);
    }
    for (int i = 0; i < settings.migration_count; i++) {
        const struct migration *next = &settings.migrations[i];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM phinxlog WHERE version = %s", next->version);
        if (run_sql(sql, answer, sizeof answer) == 0 && !strcmp(answer, "1"))
            continue;
        /* One string: PostgreSQL makes it one transaction, MariaDB keeps what came before an error. */
        snprintf(sql, sizeof sql, "%s; INSERT INTO phinxlog (version, migration_name, start_time, end_time) "
            "VALUES (%s, '%s', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)", next->sql, next->version, next->name);
        say("migrating %s %s", next->version, next->name);
        if (run_sql(sql, answer, sizeof answer)) {
            say("migration %s %s failed", next->version, next->name);
            exit(1);
        }
    }
    return run_sql("SELECT max(version) FROM phinxlog", answer, sizeof answer) == 0 && answer[0] ? atoll(answer) : -1;
}

static long count_lines(FILE *file)
{
    long lines = 0;
    for (int c; (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    return lines;
}

long add_entry(const char *text)
{
    char sql[512], answer[64] = "";
    if (strcmp(settings.database, "none")) {
        snprintf(sql, sizeof sql, "INSERT INTO entries (%s) VALUES ('%s') RETURNING id", settings.column, text);
        return run_sql(sql, answer, sizeof answer) ? -1 : atol(answer);
    }
    FILE *file = fopen("/data/entries", "a+");
    if (!file || flock(fileno(file), LOCK_EX))
        return -1;
    rewind(file);
    long id = count_lines(file) + 1;
    fprintf(file, "%ld %s\n", id, text);
    return fclose(file) ? -1 : id;
}

long count_entries(void)
{
    char answer[64] = "";
    if (strcmp(settings.database, "none"))
        return run_sql("SELECT count(*) FROM entries", answer, sizeof answer) ? -1 : atol(answer);
    FILE *file = fopen("/data/entries", "r");
    long rows = file ? count_lines(file) : 0;
    if (file)
        fclose(file);
    return rows;
}
