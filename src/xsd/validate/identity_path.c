/* SPDX-License-Identifier: MIT */
#include "xsd/validate/identity.h"

bool identity_step_matches(const struct identity_step *step, uint32_t symbol, uint32_t ns)
{
    if (step->kind == IDENTITY_STEP_NAME)
        return step->symbol == symbol;
    return step->kind == IDENTITY_STEP_ANY || step->ns == ns;
}

bool identity_path_leads(const struct xsd_validator *v, const struct identity_path *path,
                         uint32_t from, uint32_t to)
{
    uint32_t down = to - from;
    if (path->descendant ? down < path->n_steps : down != path->n_steps)
        return false;
    for (uint32_t i = 0; i < path->n_steps; i++) {
        const struct element_frame *frame = &v->frames[to - i];
        if (!identity_step_matches(&path->steps[path->n_steps - 1 - i], frame->symbol,
                                   frame->ns))
            return false;
    }
    return true;
}
