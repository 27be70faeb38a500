/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the program on a fake tree: by itself, or traced, with one of its system calls disturbed. */
#include "run.h"

#include "../sim/marks.h"
#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 45			/* seconds until a run counts as hung: all its deadlines together are 41 */
#define PROCESSES_MAX 16

void find_device(const char *text, char name[NAME_SIZE])
{
	static const char form[] = "xxxx:xx:xx.x";
	const char *at, *platform = strstr(text, " efi-framebuffer.0");
	size_t i;

	*name = '\0';
	for (at = text; *at; at++) {
		for (i = 0; i < sizeof(form) - 1; i++)
			if (form[i] == 'x' ? !isxdigit((unsigned char)at[i]) : at[i] != form[i])
				break;
		if (i == sizeof(form) - 1)
			sprintf(name, "%.*s", (int)i, at);
	}
	if (platform)
		strcpy(name, "efi-framebuffer.0");
}

static const char *error_file(const struct run *run)
{
	return format("%s.err", run->root);
}

static void become_program(const struct run *run, bool traced)
{
	int out = open("/dev/null", O_RDWR), err = open(error_file(run), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	dup2(out, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	setenv("SIM_FAULTS", run->faults ? run->faults : "", 1);
	if (traced && ptrace(PTRACE_TRACEME, 0, 0, 0))
		die("ptrace");
	execl(run->program, run->program, "--root", run->root, (char *)NULL);
	die("cannot run %s", run->program);
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void read_error(struct run *run)
{
	int fd = open(error_file(run), O_RDONLY);
	ssize_t length = read(fd, run->error, sizeof(run->error) - 1);

	close(fd);
	run->error[length < 0 ? 0 : length] = '\0';
}

void run(struct run *run)
{
	struct pollfd end = { .events = POLLIN };
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (pid == 0)
		become_program(run, false);
	end.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	run->in_time = poll(&end, 1, PATIENCE * 1000) > 0;
	close(end.fd);
	if (!run->in_time)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	run->status = status_of(status);
	read_error(run);
}

/* ---- traced ---- */

#ifdef __x86_64__

#include <stddef.h>
#include <sys/user.h>

/* The call that the process is about to make becomes none. */
static void skip_call(pid_t pid)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L);
}

static void set_result(pid_t pid, long result)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), result);
}

static const struct { long nr; const char *name; unsigned path; } known[] = {
	{ SYS_openat, "openat", 1 }, { SYS_newfstatat, "fstatat", 1 }, { SYS_readlinkat, "readlinkat", 1 },
	{ SYS_unlinkat, "unlinkat", 1 }, { SYS_linkat, "linkat", 1 }, { SYS_read, "read", 0 },
	{ SYS_write, "write", 0 }, { SYS_close, "close", 0 }, { SYS_fcntl, "fcntl", 0 }, { SYS_mmap, "mmap", 0 },
	{ SYS_getdents64, "getdents64", 0 }, { SYS_pipe2, "pipe2", 0 }, { SYS_clone, "clone", 0 },
	{ SYS_poll, "poll", 0 }, { SYS_wait4, "wait4", 0 }, { SYS_kill, "kill", 0 }, { SYS_setsid, "setsid", 0 },
	{ SYS_fchmod, "fchmod", 0 }, { SYS_exit, "exit", 0 }, { SYS_exit_group, "exit", 0 }, { MARK_CALL, "mark", 1 },
};

struct process {
	pid_t pid;
	unsigned ordinal, calls;
	bool counts;			/* it has come to main() */
	bool in_kernel;			/* of the simulated kind */
	bool started;			/* its first stop, which is the tracer's own, is behind it */
	bool replaced;			/* the call that it is in is skipped */
	long result;			/* and this is to come of it */
	char device[NAME_SIZE];	/* at hand */
};

struct tracer {
	struct run *run;
	struct process processes[PROCESSES_MAX];
	unsigned count, born;
	bool ended;			/* the program itself */
	bool doomed;			/* all are to be killed, once none is in the simulated kernel */
};

static volatile sig_atomic_t late;

static void note_lateness(int signal)
{
	(void)signal;
	late = 1;
}

static struct process *process_of(struct tracer *tracer, pid_t pid)
{
	struct process *process;
	unsigned i;

	for (i = 0; i < tracer->count; i++)
		if (tracer->processes[i].pid == pid)
			return &tracer->processes[i];
	if (tracer->count == PROCESSES_MAX)
		die("too many processes");
	process = &tracer->processes[tracer->count++];
	*process = (struct process) { .pid = pid, .ordinal = tracer->born, .counts = tracer->born > 0 };
	tracer->born++;
	return process;
}

static void forget(struct tracer *tracer, struct process *process)
{
	*process = tracer->processes[--tracer->count];
}

/* A string in the memory of the process, or "". */
static void read_string(pid_t pid, unsigned long long at, char *string, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1; i += sizeof(long)) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, at + i, 0);
		if (errno || i + sizeof(long) > size - 1)
			break;
		memcpy(string + i, &word, sizeof(word));
		if (memchr(&word, '\0', sizeof(word)))
			return;
	}
	string[i] = '\0';
}

static size_t index_of(long nr)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].nr == nr)
			break;
	return i;
}

const char *call_name(long nr)
{
	size_t i = index_of(nr);

	return i < sizeof(known) / sizeof(*known) ? known[i].name : "";
}

static void describe(const struct process *process, const struct __ptrace_syscall_info *info, struct call *call)
{
	long nr = (long)info->entry.nr;
	size_t i = index_of(nr);
	char value[40] = "";

	*call = (struct call) { .process = process->ordinal, .number = process->calls, .nr = nr };
	if (i < sizeof(known) / sizeof(*known) && known[i].path)
		read_string(process->pid, info->entry.args[1], call->what, sizeof(call->what));
	if (nr != MARK_CALL)
		return;
	if (info->entry.args[0] != MARK_ENTER) {
		*call->what = '\0';
		return;
	}
	read_string(process->pid, info->entry.args[2], value, sizeof(value));
	if (strlen(call->what) + strlen(value) + 2 < sizeof(call->what))
		strcat(strcat(call->what, " "), value);
}

static void note(struct calls *record, const struct call *call)
{
	/* full at 0, 1, 2, 4, 8, ... */
	if (!(record->count & (record->count - 1)))
		record->items = enlarge(record->items, (record->count ? 2 * record->count : 1) * sizeof(*call));
	record->items[record->count++] = *call;
}

static void lose(struct run *run, const char *device)
{
	if (*device && run->lost_count < sizeof(run->lost) / sizeof(*run->lost))
		strcpy(run->lost[run->lost_count++], device);
}

static void enter_call(struct tracer *tracer, struct process *process, const struct __ptrace_syscall_info *info)
{
	const struct disturbance *disturbance = tracer->run->disturbance;
	long nr = (long)info->entry.nr;
	bool mark = nr == MARK_CALL;
	struct call call;

	if (mark && info->entry.args[0] == MARK_MAIN) {
		process->counts = true;
		return;
	}
	if (!process->counts || (process->in_kernel && !mark))
		return;
	/* the libc's, in qsort() */
	if (nr == SYS_sysinfo)
		return;
	process->calls++;
	if (mark)
		process->in_kernel = info->entry.args[0] == MARK_ENTER;
	describe(process, info, &call);
	if (*call.what)
		find_device(call.what, process->device);
	if (tracer->run->record)
		note(tracer->run->record, &call);
	if (tracer->run->unkillable && nr == SYS_kill) {
		skip_call(process->pid);
		process->replaced = true;
		process->result = 0;
	}
	if (!disturbance || disturbance->at.process != process->ordinal || disturbance->at.number != process->calls)
		return;
	if (disturbance->at.nr != nr)
		return;			/* another than before: it never came to that one */
	tracer->run->disturbed = true;
	switch (disturbance->kind) {
	case CALL_FAILS:
		/* a descriptor is closed even if that fails */
		if (nr != SYS_close)
			skip_call(process->pid);
		process->replaced = true;
		process->result = -disturbance->error;
		break;
	case CHILD_DIES:
		kill(process->pid, SIGKILL);
		break;
	case ALL_DIE:
		/* it has not done yet what it says that it begins */
		process->in_kernel = false;
		tracer->doomed = true;
		break;
	}
}

static void stop_at_call(struct tracer *tracer, struct process *process)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info), &info) <= 0)
		return;			/* it was killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(tracer, process, &info);
	} else if (process->replaced) {
		process->replaced = false;
		set_result(process->pid, process->result);
	}
}

static bool any_in_kernel(const struct tracer *tracer)
{
	unsigned i;

	for (i = 0; i < tracer->count; i++)
		if (tracer->processes[i].in_kernel)
			return true;
	return false;
}

static void kill_all(const struct tracer *tracer)
{
	unsigned i;

	for (i = 0; i < tracer->count; i++)
		kill(tracer->processes[i].pid, SIGKILL);
}

/* The program ended; what became of its children is none of our business. */
static void end_process(struct tracer *tracer, struct process *process, int status)
{
	if (process->ordinal == 0) {
		tracer->run->status = status_of(status);
		tracer->ended = true;
		kill_all(tracer);
	} else if (status) {
		lose(tracer->run, process->device);
	}
	forget(tracer, process);
}

static void handle(struct tracer *tracer, pid_t pid, int status)
{
	struct process *process = process_of(tracer, pid);
	int signal = 0;

	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		end_process(tracer, process, status);
		return;
	}
	if (tracer->ended)
		kill(pid, SIGKILL);	/* a child that was not known yet */
	if (!process->started)
		process->started = true;
	else if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		stop_at_call(tracer, process);
	else if (WSTOPSIG(status) != SIGTRAP)
		signal = WSTOPSIG(status);
	if (tracer->doomed && !any_in_kernel(tracer))
		kill_all(tracer);
	else if (!tracer->doomed || process->in_kernel)
		ptrace(PTRACE_SYSCALL, pid, 0, signal);
}

void run_traced(struct run *run)
{
	struct sigaction lateness = { .sa_handler = note_lateness };
	struct itimerval patience = { .it_value.tv_sec = PATIENCE }, none = { 0 };
	struct tracer tracer = { .run = run };
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (pid == 0)
		become_program(run, true);
	process_of(&tracer, pid)->started = true;
	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL))
		die("cannot trace %s", run->program);
	late = 0;
	sigaction(SIGALRM, &lateness, NULL);
	setitimer(ITIMER_REAL, &patience, NULL);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid > 0)
			handle(&tracer, pid, status);
		else if (late)
			kill_all(&tracer);
	}
	setitimer(ITIMER_REAL, &none, NULL);
	run->in_time = !late;
	read_error(run);
}

#else

void run_traced(struct run *run)
{
	die("%s cannot be traced", run->program);
}

const char *call_name(long nr)
{
	(void)nr;
	return "";
}

#endif
