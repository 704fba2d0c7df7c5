/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between machines: the numbers that DWARF gives to registers, where the kernel saves them
 * for a signal handler, and what a call instruction leaves behind. Pure functions.
 */
#ifndef MUSTER_STACK_REGISTERS_H
#define MUSTER_STACK_REGISTERS_H

#include <elfutils/libdwfl.h>
#include <stddef.h>
#include <string.h>
#include <ucontext.h>

#if defined(__x86_64__)
enum { N_REGISTERS = 17, REGISTER_SP = 7, REGISTER_PC = 16 };
/* From the trampoline's stack pointer to the saved context: the handler has popped its return address. */
enum { SAVED_CONTEXT_OFFSET = 0 };
#elif defined(__aarch64__)
enum { N_REGISTERS = 32, REGISTER_SP = 31, REGISTER_LINK = 30 };
enum { SAVED_CONTEXT_OFFSET = sizeof(siginfo_t) };
#else
#error "the registers of this machine are not described"
#endif

/* Enough of the saved context for the general registers; what the kernel saves beyond may end the stack. */
enum { SAVED_CONTEXT_SIZE = offsetof(ucontext_t, uc_mcontext) + sizeof(((ucontext_t *)0)->uc_mcontext) };

struct registers {
    Dwarf_Word values[N_REGISTERS]; /* by DWARF number */
    Dwarf_Word pc;
};

static inline void registers_set_pc(struct registers *registers, Dwarf_Word pc)
{
    registers->pc = pc;
#if defined(__x86_64__)
    registers->values[REGISTER_PC] = pc;
#endif
}

static inline void registers_load(const ucontext_t *saved, struct registers *ret_registers)
{
#if defined(__x86_64__)
    static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP,
                                REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        ret_registers->values[i] = (Dwarf_Word)saved->uc_mcontext.gregs[order[i]];
    registers_set_pc(ret_registers, (Dwarf_Word)saved->uc_mcontext.gregs[REG_RIP]);
#else
    memcpy(ret_registers->values, saved->uc_mcontext.regs, sizeof saved->uc_mcontext.regs);
    ret_registers->values[REGISTER_SP] = saved->uc_mcontext.sp;
    registers_set_pc(ret_registers, saved->uc_mcontext.pc);
#endif
}

/* The registers just before a call that has been made and nothing more. `top` is the word on top of the stack. */
static inline void registers_undo_call(struct registers *registers, Dwarf_Word top)
{
#if defined(__x86_64__)
    registers->values[REGISTER_SP] += sizeof top;
    registers_set_pc(registers, top);
#else
    (void)top;
    registers_set_pc(registers, registers->values[REGISTER_LINK]);
#endif
}

#endif
