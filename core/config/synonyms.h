/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that other test runners have for options: whoever comes from one of them types these first, and no slip of the
 * keyboard leads from them to ours. Pure.
 */
#ifndef MUSTER_CONFIG_SYNONYMS_H
#define MUSTER_CONFIG_SYNONYMS_H

/* What `word` means to a verb that has `option` (both without dashes; a letter alone is a word, too). */
struct synonym {
    const char *word, *option;
    const char *advice; /* what there is instead of such an option; NULL: `option` is what is meant */
};

/* The next line for the word after `after` (NULL: the first one), or NULL. The first that fits the verb is meant. */
const struct synonym *synonym_next(const char *word, const struct synonym *after);

#endif
