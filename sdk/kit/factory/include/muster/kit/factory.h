/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster/kit/factory.h: test data made up by rules.
 *
 *     FACTORY(customer, TEXT("name", "Customer ${n}"), CHOICE("segment", "home|business"));
 *     FACTORY(tenant, UNIQUE("subdomain", "e2e"), TEXT("company", "E2E Test ISP ${n}"),
 *             CHOICE("plan", "starter|professional|enterprise"), NUMBER("seats", 5, 500),
 *             TEXT("admin", "${subdomain}-admin"), NESTED("contact", customer), SEVERAL("customers", customer, 2));
 *
 *     DO(platform, "tenant.create", ARGS(m_json_parse(t, MAKE(tenant, "plan=professional"))));
 *
 * Model
 *   A factory is a list of fields, each with a rule. MAKE() is a JSON object with a value for each, in their order, as
 * a text that holds until the attempt ends. Things are numbered from 1 within an attempt, each factory for itself:
 * ${n}.
 *
 * The same again
 *   What is chosen depends on the run's seed (--seed), the case, the factory, the number and the field, and on nothing
 *   else: the same seed gives the same data, in retries too, however many attempts run side by side, and a field that
 * is added changes no other. Only UNIQUE values are others in each run, since they must not meet those of an earlier
 * one on the same platform (m_unique()), and so are texts that have one in them.
 *
 * "field=value" behind the factory replaces what the rule would give, a field of something nested by
 * "contact.name=Ann". A value stands for a number where the rule is one, and else for a text. A field that the factory
 * lacks ends the scenario as an error; so does ${x} where no field before it is called x.
 */
#ifndef MUSTER_KIT_FACTORY_H
#define MUSTER_KIT_FACTORY_H

#if defined(__GNUC__)
#pragma GCC system_header /* the macros expand in the author's code */
#endif

#include <muster/kit/data.h>

#ifdef __cplusplus
extern "C" {
#endif

#define M_FIELD_TEXT_   1
#define M_FIELD_UNIQUE_ 2
#define M_FIELD_CHOICE_ 3
#define M_FIELD_NUMBER_ 4
#define M_FIELD_NESTED_ 5
#define M_FIELD_LIST_   6

struct m_factory;

struct m_factory_field {
    const char *name; /* NULL: the end */
    int32_t kind;     /* M_FIELD_x_ */
    int32_t reserved;
    const char *text; /* a template, a prefix, choices with "|" between them */
    int64_t least, most;
    const struct m_factory *nested;
};

struct m_factory {
    const char *name;
    const struct m_factory_field *fields;
};

M_KIT_BEGIN_

/* One more; `given` ends with NULL. MAKE() is the way to call it. */
const char *m_make(struct muster_ctx *t, const struct m_factory *factory, const char *const *given);

M_KIT_END_

#ifdef __cplusplus
}
#endif

/* FACTORY(tenant, FIELD, ...): at file scope. */
#define M_FACTORY(name_, ...)                                                                                          \
    static const struct m_factory_field name_##_fields_[] = {__VA_ARGS__, {NULL, 0, 0, NULL, 0, 0, NULL}};             \
    static const struct m_factory name_ __attribute__((unused)) = {#name_, name_##_fields_}

/* A text with ${n}, the number, and ${field}, fields before it. */
#define M_TEXT(name_, template_)                                                                                       \
    {                                                                                                                  \
        (name_), M_FIELD_TEXT_, 0, (template_), 0, 0, NULL                                                             \
    }
/* m_unique(): nobody else has it. */
#define M_UNIQUE(name_, prefix_)                                                                                       \
    {                                                                                                                  \
        (name_), M_FIELD_UNIQUE_, 0, (prefix_), 0, 0, NULL                                                             \
    }
/* One of several texts. */
#define M_CHOICE(name_, texts_)                                                                                        \
    {                                                                                                                  \
        (name_), M_FIELD_CHOICE_, 0, (texts_), 0, 0, NULL                                                              \
    }
/* An integer, both ends included. */
#define M_NUMBER(name_, least_, most_)                                                                                 \
    {                                                                                                                  \
        (name_), M_FIELD_NUMBER_, 0, NULL, (least_), (most_), NULL                                                     \
    }
/* An object of another factory. */
#define M_NESTED(name_, factory_)                                                                                      \
    {                                                                                                                  \
        (name_), M_FIELD_NESTED_, 0, NULL, 0, 0, &(factory_)                                                           \
    }
/* An array of so many. */
#define M_SEVERAL(name_, factory_, count_)                                                                             \
    {                                                                                                                  \
        (name_), M_FIELD_LIST_, 0, NULL, (count_), (count_), &(factory_)                                               \
    }

/* MAKE(tenant), MAKE(tenant, "plan=professional", "contact.name=Ann"): a JSON object. */
#define M_MAKE(...) M_MADE_(__VA_ARGS__, )
#ifdef __cplusplus
#define M_MADE_(factory_, ...) m_make(t, &(factory_), m_list_([]() {}, "", __VA_ARGS__ nullptr) + 1)
#else
#define M_MADE_(factory_, ...) m_make(t, &(factory_), (const char *const[]){"", __VA_ARGS__ NULL} + 1)
#endif

#ifndef MUSTER_NO_SHORT_NAMES
#define FACTORY(...) M_FACTORY(__VA_ARGS__)
#define TEXT(...)    M_TEXT(__VA_ARGS__)
#define UNIQUE(...)  M_UNIQUE(__VA_ARGS__)
#define CHOICE(...)  M_CHOICE(__VA_ARGS__)
#define NUMBER(...)  M_NUMBER(__VA_ARGS__)
#define NESTED(...)  M_NESTED(__VA_ARGS__)
#define SEVERAL(...) M_SEVERAL(__VA_ARGS__)
#define MAKE(...)    M_MAKE(__VA_ARGS__)
#endif

/* The function above, called from the author's line: see muster/place.h. */
M_PLACED_(const char *, m_make, (t, factory, given), struct muster_ctx *t, const struct m_factory *factory,
          const char *const *given)
#ifdef M_PLACED_IN_C_
#define m_make(...) m_make_at_(M_HERE_, __VA_ARGS__)
#endif

#endif
