/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libfyaml, loaded when it is first needed: a run that reads no YAML doesn't pay for it. Calls go through the table,
 * which the library's own header types.
 */
#ifndef MUSTER_TABLES_FYAML_LIB_H
#define MUSTER_TABLES_FYAML_LIB_H

#include "base/err.h"

#include <libfyaml.h>

#define FYAML_CALLS(X)                                                                                                 \
    X(fy_diag_cfg_default)                                                                                             \
    X(fy_diag_create)                                                                                                  \
    X(fy_diag_destroy)                                                                                                 \
    X(fy_diag_set_collect_errors)                                                                                      \
    X(fy_diag_errors_iterate)                                                                                          \
    X(fy_parser_create)                                                                                                \
    X(fy_parser_destroy)                                                                                               \
    X(fy_parser_set_string)                                                                                            \
    X(fy_parse_load_document)                                                                                          \
    X(fy_parse_document_destroy)                                                                                       \
    X(fy_document_root)                                                                                                \
    X(fy_node_get_type)                                                                                                \
    X(fy_node_get_style)                                                                                               \
    X(fy_node_get_tag)                                                                                                 \
    X(fy_node_get_scalar)                                                                                              \
    X(fy_node_get_scalar_token)                                                                                        \
    X(fy_node_resolve_alias)                                                                                           \
    X(fy_node_sequence_iterate)                                                                                        \
    X(fy_node_mapping_iterate)                                                                                         \
    X(fy_node_pair_key)                                                                                                \
    X(fy_node_pair_value)                                                                                              \
    X(fy_token_start_mark)

#define FYAML_MEMBER(name) __typeof__(name) *name;
struct fyaml_lib {
    void *library;
    FYAML_CALLS(FYAML_MEMBER)
};

/* -ENOSYS when there is none. The table is constant from then on. */
int fyaml_load(const struct fyaml_lib **ret_lib, struct err *err);

#endif
