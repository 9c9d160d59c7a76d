/* What the parts of the application share: this release's settings and its data. */
#pragma once

#define MAX_MIGRATIONS 32

struct migration { char *version, *name, *sql; };

struct settings {
    char version[64], reports[64], behaviour[32], column[32];
    int dies_after, slow_start, drain;
    const char *database;
    struct migration migrations[MAX_MIGRATIONS];
    int migration_count;
};

extern struct settings settings;

void say(const char *format, ...);

/* Applies what is missing; gives the newest migration in the database. Ends the process when one fails. */
long long migrate(void);

/* Adds one row (or, without a database, one line in the volume) and gives its id; -1 when that failed. */
long add_entry(const char *text);

long count_entries(void);
