/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/register_params.h: what PARAMS and its types are made of. Include muster.h, not this.
 *
 * A parameter is a (type, name), (type, name, "fallback") or (type, name, "fallback", "summary"). From the list come
 * the table of struct muster_param and, for what is called with arguments, the function's. The table is a struct with
 * a member for each parameter: two of one name don't compile, nor does a type that there isn't.
 */
#ifndef MUSTER_REGISTER_PARAMS_H
#define MUSTER_REGISTER_PARAMS_H

#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <muster/plugin.h>
#include <muster/register_each.h>

/* As the function has them. Where <stdbool.h> is included, `bool` is a macro for _Bool. */
#define M_TYPE_none  void
#define M_TYPE_i32   int32_t
#define M_TYPE_i64   int64_t
#define M_TYPE_u64   uint64_t
#define M_TYPE_f64   double
#define M_TYPE_bool  int32_t
#define M_TYPE__Bool int32_t
#define M_TYPE_str   const char *
#define M_TYPE_json  const char *

/* As the table has them. */
#define M_PARAM_i32   MUSTER_TYPE_I32
#define M_PARAM_i64   MUSTER_TYPE_I64
#define M_PARAM_u64   MUSTER_TYPE_U64
#define M_PARAM_f64   MUSTER_TYPE_F64
#define M_PARAM_bool  MUSTER_TYPE_BOOL
#define M_PARAM__Bool MUSTER_TYPE_BOOL
#define M_PARAM_str   MUSTER_TYPE_STR
#define M_PARAM_json  MUSTER_TYPE_JSON

#define M_RETURNS_none  MUSTER_TYPE_NONE
#define M_RETURNS_i32   MUSTER_TYPE_I32
#define M_RETURNS_i64   MUSTER_TYPE_I64
#define M_RETURNS_u64   MUSTER_TYPE_U64
#define M_RETURNS_f64   MUSTER_TYPE_F64
#define M_RETURNS_bool  MUSTER_TYPE_BOOL
#define M_RETURNS__Bool MUSTER_TYPE_BOOL
#define M_RETURNS_str   MUSTER_TYPE_STR
#define M_RETURNS_json  MUSTER_TYPE_JSON

#define M_MAX_PARAMS_ 12

#define M_PARAMS_(owner_, params_)                                                                                     \
    M_STATIC_ASSERT_(M_COUNT_ params_ <= M_MAX_PARAMS_, "PARAMS takes at most 12 parameters");                         \
    static const struct {                                                                                              \
        M_EACH_(M_PARAM_MEMBER_, ~, M_BARE_ params_)                                                                   \
    } muster_params_##owner_ = {M_EACH_(M_PARAM_VALUE_, ~, M_BARE_ params_)};                                          \
    static const struct muster_param *const muster_params_list_##owner_[] = {                                          \
        M_EACH_(M_PARAM_ADDRESS_, muster_params_##owner_, M_BARE_ params_) M_NULL_};
#define M_PARAMS_OF_(owner_) muster_params_list_##owner_

#define M_PARAM_MEMBER_(w_, param_)                M_CALL_(M_PARAM_MEMBER_OF_, M_BARE_ param_, )
#define M_PARAM_MEMBER_OF_(type_, name_, ...)      struct muster_param name_;
#define M_PARAM_ADDRESS_(w_, param_)               M_CALL_(M_PARAM_ADDRESS_OF_, w_, M_BARE_ param_, )
#define M_PARAM_ADDRESS_OF_(w_, type_, name_, ...) &w_.name_,

#define M_PARAM_VALUE_(w_, param_)                  M_CALL_(M_PASTE_(M_PARAM_VALUE_OF_, M_COUNT_ param_), M_BARE_ param_)
#define M_PARAM_VALUE_OF_2(type_, name_)            M_PARAM_VALUE_OF_4(type_, name_, M_NULL_, M_NULL_)
#define M_PARAM_VALUE_OF_3(type_, name_, fallback_) M_PARAM_VALUE_OF_4(type_, name_, fallback_, M_NULL_)
#define M_PARAM_VALUE_OF_4(type_, name_, fallback_, summary_)                                                          \
    {sizeof(struct muster_param), M_PARAM_##type_, #name_, fallback_, summary_},

#define M_NO_ARGUMENTS_                   (struct muster_ctx * t M_UNUSED_)
#define M_ARGUMENTS_(params_)             (struct muster_ctx * t M_UNUSED_ M_EACH_(M_ARGUMENT_, ~, M_BARE_ params_))
#define M_ARGUMENT_(w_, param_)           M_CALL_(M_ARGUMENT_OF_, M_BARE_ param_, )
#define M_ARGUMENT_OF_(type_, name_, ...) , M_TYPE_##type_ name_ M_UNUSED_

#endif
