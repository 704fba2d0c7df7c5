/* SPDX-License-Identifier: Apache-2.0 */
/* The script for bash. */
#include "cli/completion.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <ctype.h>
#include <string.h>

/* What is the same for all verbs. Candidates are compared here, since compgen -W would expand what an id may hold. */
static const char fixed_part[] =
    "# What `muster list` knows of the files and folders on the line, or where none is named of those of a run.\n"
    "_muster_listed() {\n"
    "    local word paths=()\n"
    "    for word in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
    "        [[ $word != -* && -e $word ]] && paths+=(\"$word\")\n"
    "    done\n"
    "    \"${COMP_WORDS[0]}\" list --json \"${paths[@]}\" 2>/dev/null </dev/null\n"
    "}\n"
    "_muster_ids() {\n"
    "    _muster_listed | grep -o '{\"id\":\"[^\"\\\\]*\"' | cut -d'\"' -f4\n"
    "}\n"
    "_muster_markers() {\n"
    "    _muster_listed | grep -o '\"markers\":\\[[^]]*' | grep -o '[[,]\"[A-Za-z_][A-Za-z0-9_]*' |\n"
    "        cut -d'\"' -f2 | sort -u\n"
    "}\n"
    "# Candidates are lines of standard input.\n"
    "_muster_offer() {\n"
    "    local candidate\n"
    "    while IFS= read -r candidate; do\n"
    "        [[ $candidate == \"$cur\"* ]] && COMPREPLY+=(\"$candidate\")\n"
    "    done\n"
    "}\n"
    "_muster() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} takes=\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _muster_offer < <(_muster_options '')\n"
    "        return\n"
    "    fi\n"
    "    if [[ $cur == = ]]; then # --name=value is three words\n"
    "        cur=\n"
    "    elif [[ $option == = ]]; then\n"
    "        option=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n"
    "    [[ $option == -* ]] && takes=$(_muster_argument \"$verb:$option\")\n"
    "    case $takes in\n"
    "    @value) ;;\n"
    "    @file) _muster_offer < <(compgen -f -- \"$cur\") ;;\n"
    "    @folder) _muster_offer < <(compgen -d -- \"$cur\") ;;\n"
    "    @markers) _muster_offer < <(_muster_markers) ;;\n"
    "    ?*) _muster_offer <<<\"$takes\" ;;\n"
    "    *)\n"
    "        if [[ $cur == -* ]]; then\n"
    "            _muster_offer < <(_muster_options \"$verb\")\n"
    "        else\n"
    "            _muster_offer < <(compgen -f -- \"$cur\")\n"
    "            [[ $verb == run || $verb == list ]] && _muster_offer < <(_muster_ids)\n"
    "        fi\n"
    "        ;;\n"
    "    esac\n"
    "}\n"
    "complete -o filenames -F _muster muster\n";

static const char word_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/* The words that it takes are among those of its help: those which it does take. */
static void add_choices(struct buf *out, const struct option *o)
{
    autobuf struct buf seen = {0};
    buf_addc(&seen, ' ');
    for (const char *p = o->help; *(p += strcspn(p, word_letters)) != '\0';) {
        size_t len = strspn(p, word_letters);
        autofree char *word = xstrndup(p, len), *marked = xasprintf(" %s ", word);
        int choice;
        if (isalpha((unsigned char)*word) && o->choose(word, &choice) == 0 && !strstr(buf_str(&seen), marked)) {
            buf_addf(out, "%s%s", seen.len > 1 ? " " : "", word);
            buf_addf(&seen, "%s ", word);
        }
        p += len;
    }
}

static const char *kind_of(const struct option *o)
{
    if (strcmp(o->name, "markers") == 0)
        return "@markers";
    if (strstr(o->arg, "FILE") || strstr(o->arg, "PATH"))
        return "@file";
    return strstr(o->arg, "DIR") ? "@folder" : "@value";
}

static void add_argument(struct buf *out, const struct verb *verb, const struct option *o)
{
    autobuf struct buf words = {0};
    if (o->kind == OPTION_CHOICE)
        add_choices(&words, o);
    buf_addf(out, "    %s:--%s", verb->name, o->name);
    if (o->letter)
        buf_addf(out, " | %s:-%c", verb->name, o->letter);
    buf_addf(out, ") printf '%%s\\n' %s ;;\n", words.len > 0 ? buf_str(&words) : kind_of(o));
}

static bool is_end(const struct option *o)
{
    return o->kind == OPTION_GROUP && !o->help;
}

static void add_arguments(struct buf *out, const struct verb *verb)
{
    for (const struct option *o = verb->options; !is_end(o); o++)
        if (o->kind != OPTION_GROUP && o->arg && o->kind != OPTION_ATTACHED)
            add_argument(out, verb, o);
}

static void add_options(struct buf *out, const struct verb *verb)
{
    buf_addf(out, "    %s) printf '%%s\\n'", verb->name);
    for (const struct option *o = verb->options; !is_end(o); o++) {
        if (o->kind == OPTION_GROUP)
            continue;
        buf_addf(out, " --%s", o->name);
        if (o->letter)
            buf_addf(out, " -%c", o->letter);
    }
    buf_adds(out, " --help -h ;;\n");
}

void completion_add_bash(const struct verb *const *verbs, struct buf *out)
{
    buf_adds(out, "# Completion for bash. In ~/.bashrc: source <(muster completion bash)\n"
                  "_muster_options() {\n    case $1 in\n    '') printf '%s\\n'");
    for (const struct verb *const *v = verbs; *v; v++)
        buf_addf(out, " %s", (*v)->name);
    buf_adds(out, " help --help --version ;;\n");
    for (const struct verb *const *v = verbs; *v; v++)
        add_options(out, *v);
    buf_adds(out, "    esac\n}\n"
                  "# What an option takes: words, or @ and what kind of thing. Nothing: it takes no argument.\n"
                  "_muster_argument() {\n    case $1 in\n");
    for (const struct verb *const *v = verbs; *v; v++)
        add_arguments(out, *v);
    buf_adds(out, "    esac\n}\n");
    buf_adds(out, fixed_part);
}
