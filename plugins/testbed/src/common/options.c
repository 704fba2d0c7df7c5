/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the command line. */
#include "common/options.h"

#include "common/number.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_LISTEN = 256,
    OPT_PORT,
    OPT_PORT_FILE,
    OPT_DB,
    OPT_STORE,
    OPT_DATA,
    OPT_MIGRATE,
    OPT_DNS,
    OPT_DNS_ZONE,
    OPT_DNS_KEY,
    OPT_DEFECT,
    OPT_LIST,
    OPT_JSON,
    OPT_DRIVER,
    OPT_PASSWORD,
    OPT_TTL,
    OPT_SMTP,
    OPT_ORCHESTRATOR,
    OPT_ORCHESTRATOR_TOKEN,
    OPT_STDIN
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"port", required_argument, NULL, OPT_PORT},
    {"port-file", required_argument, NULL, OPT_PORT_FILE},
    {"db", required_argument, NULL, OPT_DB},
    {"store", required_argument, NULL, OPT_STORE},
    {"data", required_argument, NULL, OPT_DATA},
    {"migrate", required_argument, NULL, OPT_MIGRATE},
    {"dns", required_argument, NULL, OPT_DNS},
    {"dns-zone", required_argument, NULL, OPT_DNS_ZONE},
    {"dns-key-file", required_argument, NULL, OPT_DNS_KEY},
    {"defect", required_argument, NULL, OPT_DEFECT},
    {"list-defects", no_argument, NULL, OPT_LIST},
    {"json", no_argument, NULL, OPT_JSON},
    {"driver", required_argument, NULL, OPT_DRIVER},
    {"admin-password-file", required_argument, NULL, OPT_PASSWORD},
    {"smtp", required_argument, NULL, OPT_SMTP},
    {"orchestrator", required_argument, NULL, OPT_ORCHESTRATOR},
    {"orchestrator-token-file", required_argument, NULL, OPT_ORCHESTRATOR_TOKEN},
    {"token-ttl", required_argument, NULL, OPT_TTL},
    {"stop-on-stdin-eof", no_argument, NULL, OPT_STDIN},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: muster-testbed [OPTION]...\n"
    "Serve a small multi-tenant control plane to run scenarios against.\n"
    "\n"
    "  --listen ADDRESS            listen on this address (default 127.0.0.1)\n"
    "  --port PORT                 listen on this port; 0 takes a free one (default 0)\n"
    "  --port-file FILE            write the ready line to FILE as well\n"
    "  --store STORE               keep the data in STORE: sqlite:FILE, :memory: (default), or a database of a\n"
    "                              PostgreSQL server, postgresql://...; TESTBED_STORE in the environment says the\n"
    "                              same, where a password should not be seen\n"
    "  --db FILE                   the same as --store sqlite:FILE\n"
    "  --data FOLDER               keep backups and other files in FOLDER; without it in FILE.data of a SQLite file, "
    "else\n"
    "                              in a folder that goes with the program\n"
    "  --migrate VERSION           bring the platform's tables in the store to VERSION, up or down, and stop\n"
    "  --driver DRIVER             what runs workloads: process (default): muster-workload, which stands beside this\n"
    "                              program, or process:FILE; docker: containers of the Docker Engine at\n"
    "                              /var/run/docker.sock, or docker:unix:///PATH\n"
    "  --dns ADDRESS:PORT          give each tenant a name in a zone of the DNS server there, by signed updates\n"
    "  --dns-zone ZONE             the zone, as example.test\n"
    "  --dns-key-file FILE         the key that may change it: the line hmac-sha256:NAME:SECRET\n"
    "  --defect NAME               switch on a seeded bug; may be given several times\n"
    "  --defect 'foreign ROUTE'    what this route (as 'GET /v1/workloads/{}') names of a tenant is any other "
    "tenant's, too\n"
    "  --defect 'open ROUTE'       the same, and of whoever has no credentials\n"
    "  --list-defects [--json]     list the seeded bugs\n"
    "  --admin-password-file FILE  take the administrator's password from FILE's first line\n"
    "  --smtp URL                  hand mails to this server, smtp://HOST[:PORT]; without it they are kept\n"
    "  --orchestrator URL          let tenants' applications run there: a Coolify\n"
    "  --orchestrator-token-file FILE  its token is FILE's first line\n"
    "  --token-ttl SECONDS         the longest life of a token (default 3600)\n"
    "  --stop-on-stdin-eof         stop when standard input ends\n"
    "  --quiet                     log no requests to standard error\n"
    "  --help, --version\n"
    "\n"
    "Once it listens, one line of JSON on standard output tells url, ws, pid, admin_user and admin_password.\n";

static bool parse_number(const char *text, int64_t lowest, int64_t highest, int *ret_number)
{
    int64_t n;

    if (!number_parse(text, lowest, highest, &n))
        return false;
    *ret_number = (int)n;
    return true;
}

static int usage_error(const char *what, const char *value)
{
    fprintf(stderr, "muster-testbed: %s: %s\nTry 'muster-testbed --help'.\n", what, value);
    return 2;
}

/* A seeded bug: of the table, or of one route; -1: it is one. */
static int take_defect(struct options *o, const char *name)
{
    static const char foreign[] = "foreign ", open[] = "open ";
    const char **route = NULL;

    if (strncmp(name, foreign, sizeof foreign - 1) == 0)
        route = &o->foreign_route;
    else if (strncmp(name, open, sizeof open - 1) == 0)
        route = &o->open_route;
    if (!route)
        return defects_add(&o->defects, name) == 0 ? -1 : usage_error("no such defect", name);
    if (*route)
        return usage_error("only one route can have this defect", name);
    *route = strchr(name, ' ') + 1;
    return -1;
}

static bool take_url(const char *text, const char *scheme, const char *other, const char **ret_url)
{
    bool fine = strncmp(text, scheme, strlen(scheme)) == 0 || strncmp(text, other, strlen(other)) == 0;

    if (fine)
        *ret_url = text;
    return fine;
}

/* One option; -1 to go on, else an exit status. */
static int take_option(int c, struct options *o, bool *list)
{
    char *named;

    switch (c) {
    case OPT_LISTEN:
        o->listen = optarg;
        return -1;
    case OPT_PORT:
        return parse_number(optarg, 0, 65535, &o->port) ? -1 : usage_error("--port wants 0 to 65535", optarg);
    case OPT_PORT_FILE:
        o->port_file = optarg;
        return -1;
    case OPT_DB:
        /* As long as the program lives. */
        if (asprintf(&named, "sqlite:%s", optarg) < 0)
            abort();
        o->store = named;
        return -1;
    case OPT_STORE:
        o->store = optarg;
        return -1;
    case OPT_DATA:
        o->data = optarg;
        return -1;
    case OPT_MIGRATE:
        return parse_number(optarg, 0, 1000, &o->migrate_to) ? -1 : usage_error("--migrate wants a version", optarg);
    case OPT_DNS:
        o->dns = optarg;
        return -1;
    case OPT_DNS_ZONE:
        o->dns_zone = optarg;
        return -1;
    case OPT_DNS_KEY:
        o->dns_key_file = optarg;
        return -1;
    case OPT_DEFECT:
        return take_defect(o, optarg);
    case OPT_LIST:
        *list = true;
        return -1;
    case OPT_DRIVER:
        o->driver = optarg;
        return -1;
    case OPT_PASSWORD:
        o->admin_password_file = optarg;
        return -1;
    case OPT_SMTP:
        return take_url(optarg, "smtp://", "smtps://", &o->smtp)
                   ? -1
                   : usage_error("--smtp wants smtp://HOST[:PORT]", optarg);
    case OPT_ORCHESTRATOR:
        return take_url(optarg, "http://", "https://", &o->orchestrator)
                   ? -1
                   : usage_error("--orchestrator wants http://HOST[:PORT]", optarg);
    case OPT_ORCHESTRATOR_TOKEN:
        o->orchestrator_token_file = optarg;
        return -1;
    case OPT_TTL:
        return parse_number(optarg, 1, 86400, &o->token_ttl_s) ? -1
                                                               : usage_error("--token-ttl wants 1 to 86400", optarg);
    case OPT_STDIN:
        o->stop_on_stdin_eof = true;
        return -1;
    case 'v':
        return -1; /* as without it: requests are logged */
    case 'q':
        o->quiet = true;
        return -1;
    case 'h':
        fputs(help, stdout);
        return 0;
    case 'V':
        puts("muster-testbed " TESTBED_VERSION);
        return 0;
    default:
        fputs("Try 'muster-testbed --help'.\n", stderr);
        return 2;
    }
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
    const char *store = getenv("TESTBED_STORE");
    struct options o = {.listen = "127.0.0.1",
                        .store = store && *store ? store : ":memory:",
                        .driver = "process",
                        .migrate_to = -1,
                        .token_ttl_s = 3600};
    bool list = false, as_json = false;
    int c;

    while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (c == OPT_JSON) {
            as_json = true;
            continue;
        }
        int status = take_option(c, &o, &list);
        if (status >= 0)
            return status;
    }
    if (optind < argc)
        return usage_error("unexpected argument", argv[optind]);
    if ((o.dns || o.dns_zone || o.dns_key_file) && !(o.dns && o.dns_zone && o.dns_key_file))
        return usage_error("--dns, --dns-zone and --dns-key-file go together", o.dns ? o.dns : "--dns is missing");
    if (as_json && !list)
        return usage_error("--json goes with --list-defects", "--json");
    if (list) {
        defects_print(stdout, as_json);
        return 0;
    }
    *ret_options = o;
    return -1;
}
