/*
 * The application under test: what a KMP server does at start and on its health page, and nothing else.
 * It runs as PID 1 of a container, applies its migrations through the database's own client, then serves HTTP.
 * How this release behaves stands in /app/kmp.conf, the last layer of its image.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "kmp.h"

struct settings settings = { .version = "v0.0.0", .behaviour = "healthy", .column = "note", .database = "none" };
static long long schema = -1;
static struct timespec started;
static volatile sig_atomic_t stopping;

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

/* PID 1 has no default signal actions: without this every `docker stop` would wait for its whole grace period. */
static void on_signal(int signal)
{
    if (signal == SIGALRM)
        _exit(stopping ? 0 : 1);
    if (settings.drain == 0)
        _exit(0);
    stopping = 1;
}

static void read_configuration(void)
{
    FILE *file = fopen("/app/kmp.conf", "r");
    static char line[8192];
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *value = strchr(line, '=');
        if (line[0] == '#' || !value)
            continue;
        *value++ = 0;
        if (!strcmp(line, "version")) snprintf(settings.version, sizeof settings.version, "%s", value);
        else if (!strcmp(line, "reports")) snprintf(settings.reports, sizeof settings.reports, "%s", value);
        else if (!strcmp(line, "behaviour")) snprintf(settings.behaviour, sizeof settings.behaviour, "%s", value);
        else if (!strcmp(line, "column")) snprintf(settings.column, sizeof settings.column, "%s", value);
        else if (!strcmp(line, "dies-after")) settings.dies_after = atoi(value);
        else if (!strcmp(line, "slow-start")) settings.slow_start = atoi(value);
        else if (!strcmp(line, "drain")) settings.drain = atoi(value);
        else if (!strcmp(line, "migration") && settings.migration_count < MAX_MIGRATIONS) {
            char *rest = strdup(value);
            struct migration *next = &settings.migrations[settings.migration_count++];
            next->version = strsep(&rest, "|");
            next->name = strsep(&rest, "|");
            next->sql = rest ? rest : "";
        }
    }
    if (file)
        fclose(file);
    if (!settings.reports[0])
        strcpy(settings.reports, settings.version);
}

static void respond(int client, int status, const char *type, const char *body)
{
    char answer[1024];
    int size = snprintf(answer, sizeof answer, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
        "Connection: close\r\n\r\n%s", status, status < 300 ? "OK" : "Error", type, strlen(body), body);
    if (write(client, answer, size) != size)
        say("a client went away");
}

static void respond_number(int client, long number)
{
    char body[32];
    snprintf(body, sizeof body, "%ld\n", number);
    respond(client, number < 0 ? 500 : 200, "text/plain", body);
}

static void respond_health(int client)
{
    char body[512], host[65] = "", known[24] = "null";
    struct timespec now;
    int healthy = strcmp(settings.behaviour, "unhealthy");
    gethostname(host, sizeof host - 1);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (schema >= 0)
        snprintf(known, sizeof known, "%lld", schema);
    snprintf(body, sizeof body, "{\"status\":\"%s\",\"version\":\"%s\",\"schema\":%s,\"instance\":\"%s\",\"uptime\":%ld}\n",
        healthy ? "ok" : "error", settings.reports, known, host, (long)(now.tv_sec - started.tv_sec));
    respond(client, healthy ? 200 : 503, "application/json", body);
}

static void serve(int client)
{
    char request[4096], path[1024] = "", text[101] = "row", *query;
    size_t used = 0;
    ssize_t n;
    struct timeval patience = { .tv_sec = 5 };
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    do {
        n = read(client, request + used, sizeof request - 1 - used);
        used += n > 0 ? n : 0;
        request[used] = 0;
    } while (n > 0 && !strstr(request, "\r\n\r\n"));
    if (sscanf(request, "%*s %1023s", path) != 1)
        return;
    if ((query = strstr(path, "?text=")))
        /* Only plain characters reach the SQL text. */
        sscanf(query + 6, "%100[A-Za-z0-9._-]", text);
    path[strcspn(path, "?")] = 0;

    if (!strcmp(path, "/health")) respond_health(client);
    else if (!strcmp(path, "/write")) respond_number(client, add_entry(text));
    else if (!strcmp(path, "/rows")) respond_number(client, count_entries());
    else if (!strcmp(path, "/")) respond(client, 200, "text/html", "<!doctype html><title>KMP</title><h1>KMP</h1>\n");
    else respond(client, 404, "text/plain", "not found\n");
}

static int listen_on(int port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) {
        perror("listen");
        exit(1);
    }
    return listener;
}

/* One process a connection: a slow database client never delays the health page. */
static void accept_all(int listener)
{
    for (int client; (client = accept4(listener, 0, 0, SOCK_CLOEXEC)) >= 0; close(client)) {
        if (fork() == 0) {
            signal(SIGTERM, SIG_DFL);
            serve(client);
            shutdown(client, SHUT_WR);
            _exit(0);
        }
    }
}

static void serve_until_stopped(int listener)
{
    struct pollfd waiting = { .fd = listener, .events = POLLIN };
    sigset_t blocked, open;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &open);
    while (!stopping)
        /* Signals arrive only inside ppoll, so that none is missed between the test and the wait. */
        if (ppoll(&waiting, 1, 0, &open) > 0)
            accept_all(listener);
    accept_all(listener);
    close(listener);
    alarm(settings.drain);
    while (wait(0) > 0 || errno == EINTR)
        ;
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, 0);
    sigaction(SIGINT, &action, 0);
    sigaction(SIGALRM, &action, 0);
    signal(SIGPIPE, SIG_IGN);
    clock_gettime(CLOCK_MONOTONIC, &started);
    read_configuration();
    if (getenv("KMP_DATABASE"))
        settings.database = getenv("KMP_DATABASE");

    say("kmp %s starting, database %s", settings.version, settings.database);
    if (!strcmp(settings.behaviour, "exits")) {
        say("fatal: this release does not start");
        return 1;
    }
    if (strcmp(settings.database, "none"))
        schema = migrate();
    sleep(settings.slow_start);
    int listener = listen_on(8080);
    say("kmp %s listening", settings.version);
    alarm(settings.dies_after);
    signal(SIGCHLD, SIG_IGN);
    while (!strcmp(settings.behaviour, "silent"))
        pause();
    serve_until_stopped(listener);
    return 0;
}
