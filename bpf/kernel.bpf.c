/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel itself being changed: modules and BPF programs. */
#include "actor.h"
#include "path.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define MODULE_NAME_MAX 56

/* After the module was accepted, before its own code runs. */
SEC("tp_btf/module_load")
int BPF_PROG(module_loaded, struct module *module)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;
	struct sentra_module *e;

	row = admit(SENTRA_KERNEL_MODULE, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	e = record_begin(struct sentra_module, SENTRA_KERNEL_MODULE,
			 sizeof(*e) + MODULE_NAME_MAX + 8, row);
	if (!e)
		return 0;
	actor_fill_current(&e->actor);
	text_append(e, &e->name, sizeof(*e) + MODULE_NAME_MAX, MODULE_NAME_MAX, MEMORY_KERNEL,
		    __builtin_preserve_access_index(&module->name));
	e->taints = BPF_CORE_READ(module, taints);
	record_submit(e, row);
	return 0;
}

/* Attached to the exit of bpf: the descriptor leads to the program that was accepted. */
SEC("tracepoint")
int bpf_program_loaded(struct syscall_end *call)
{
	struct sentra_account_row *row;
	struct syscall_args args = {};
	struct bpf_prog_aux *aux;
	struct task_struct *task;
	struct bpf_prog *program;
	struct sentra_bpf *e;
	struct file *file;

	if (call->ret < 0)
		return 0;
	syscall_args_read(&args);
	if (args.at[0] != BPF_PROG_LOAD)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	row = admit(SENTRA_KERNEL_BPF, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	e = record_begin(struct sentra_bpf, SENTRA_KERNEL_BPF, sizeof(*e), row);
	if (!e)
		return 0;
	actor_fill_current(&e->actor);
	file = file_of_fd(call->ret);
	program = BPF_CORE_READ(file, private_data);
	aux = BPF_CORE_READ(program, aux);
	e->program_type = BPF_CORE_READ(program, type);
	e->instructions = BPF_CORE_READ(program, len);
	e->program_id = BPF_CORE_READ(aux, id);
	bpf_probe_read_kernel(e->name, sizeof(e->name),
			      __builtin_preserve_access_index(&aux->name));
	record_submit(e, row);
	return 0;
}
