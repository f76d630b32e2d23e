// Counts the instructions that a program takes under qemu-user: a plugin for Debian 12's qemu 7.2, which ships no header for plugins.
//
//   cc -O2 -shared -fPIC count.c -o count.so && qemu-aarch64 -d plugin -plugin ./count.so PROGRAM
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct block;
struct info;
enum { ADD = 0 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct block *, int, void *, uint64_t);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern void qemu_plugin_outs(const char *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

// Threads may lose an addition to each other now and then: too few to matter here.
static uint64_t instructions;

static void translated(plugin_id id, struct block *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD, &instructions, qemu_plugin_tb_n_insns(block));
}

static void ended(plugin_id id, void *nothing) {
    (void)id, (void)nothing;
    char line[64];
    snprintf(line, sizeof line, "instructions: %llu\n", (unsigned long long)instructions);
    qemu_plugin_outs(line);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const struct info *info, int count, char **arguments) {
    (void)info, (void)count, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
