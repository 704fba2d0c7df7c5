/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding plugins: from operands to a catalogue.
 *
 * An operand is a path if it has a slash, ends in ".so", ".yaml" or ".yml", or names something that exists; else it is
 * an id pattern, a name or a place in the sources (plan/names.h); the file of a place is read if it holds scenarios as
 * data. A folder stands for the plugins and the files of scenarios as data in it and below it
 * (plugin_files.h). Without a path, the folders of MUSTER_PLUGIN_PATH (colons between) and the installation's own are
 * taken; its demonstration packs stand in another folder, which is taken when it is asked for, or when an id begins
 * with the name of a pack and of nothing else.
 *
 * Plugins come before data files, which call their step functions. When paths were given, and a scenario uses a fixture
 * that none of them has, or there is a data file, the plugins of those other folders are loaded too, as providers; so
 * are those that a data file names by a path.
 */
#ifndef MUSTER_DISCOVER_FIND_H
#define MUSTER_DISCOVER_FIND_H

#include "base/loop.h"
#include "config/options.h"
#include "discover/hosts.h"
#include "discover/run_target.h"
#include "discover/zygote.h"
#include "plan/catalogue.h"
#include "tables/fetch.h"
#include "tables/run_tables.h"

struct found {
    struct option_list ids; /* id patterns */
    struct loop loop;
    struct zygote zygote;
    struct hosts hosts;
    struct catalogue catalogue;
    struct run_tables tables; /* what was read for a selection */
    struct table_helper table_helper;
    struct run_target target;
    size_t n_refused;
    struct option_list data;        /* files of scenarios as data */
    struct option_list data_around; /* those that stood in a folder: one without scenarios is passed over */
    struct option_list searched;    /* by find_searched() */
    bool default_folders;           /* all of them were taken anyway */
    bool names_pack;                /* an id names a demonstration pack */
};

struct find_options {
    const char *run_id;
    uint64_t seed;
    const struct option_list *target; /* --set; may be NULL */
    const char *target_file;          /* --target; NULL: not given */
    const struct option_list *pass;   /* --pass-env; may be NULL */
    char *const *variables;           /* "NAME=value" of their environment, NULL behind the last; may be NULL */
    int timeout_factor;               /* told to them where it is more than 1 */
    int64_t load_timeout_ns;
    bool keep_hosts;                   /* for a run */
    bool exit_handlers;                /* attempts end by exit(3) */
    bool log_checks;                   /* checks that passed are logged */
    bool without_data;                 /* files of scenarios as data are not read */
    bool providers;                    /* are wanted in any case, for the fixture of a target file */
    bool packs;                        /* the installation's demonstration packs, as a path */
    const struct option_list *plugins; /* paths, for when no operand is one; may be NULL */
    bool verbose;                      /* YAML that is passed over is named too */
    bool lenient; /* for what ran before: a folder of MUSTER_PLUGIN_PATH that is not there is passed over, not an
                   * error, and files are not held against today's target */
    int signals;  /* base/signals.h: one ends the loading; 0: none */
};

/* Starts the zygote, so that it loads while the caller goes on; found_free() in any case. */
int find_start(struct found *f, const struct find_options *o, struct err *err);
/* Loads the plugins. -EINTR after a signal. *ret_is_usage: it failed over an operand, before anything was loaded. */
int find_plugins(struct found *f, const struct find_options *o, const struct option_list *operands, bool *ret_is_usage,
                 struct err *err);
/* Refused, and somebody asked for it. */
bool find_is_refused(const struct host *host);
/* It stood in a folder, and is nothing of muster's: a library, or YAML without scenarios. */
bool find_is_passed_over(const struct host *host);
void found_free(struct found *f);
/* "in A and B (no PATH was given; ...)": the folders that were searched since no path was given, and what would add
 * others; it lives as long as `f`. NULL: paths were given. */
const char *find_searched(struct found *f);
/* A plugin of the installation that a verb runs, and no search finds: beside bin/ in a build tree, in lib/muster/tools
 * of an installation. malloc'd; NULL: it is not there. */
char *find_tool(const char *file);

#endif
