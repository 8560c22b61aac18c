/* One process that calls mprotect, moves to another CPU, calls again; also with blocked and sleeping threads. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#define PG 4096UL
static int ncpu;
static void pin(int c) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(c % ncpu, &s); sched_setaffinity(0, sizeof s, &s); }
static char *mk(size_t n) { static unsigned long b = 0x300000000000UL; char *a = mmap((void *)b, n * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0); b += 1UL << 30; for (size_t i = 0; i < n; i++) a[i * PG] = 1; return a; }
static int p[2];
static void *blocked(void *x) { char c; pin((int)(long)x); if (read(p[0], &c, 1) < 0) {} return 0; }
static void *sleeper(void *x) { pin((int)(long)x); for (int i = 0; i < 20; i++) usleep(20000); return 0; }
static void round_(const char *what, char *a, size_t n)
{
    mprotect(a, n * PG, 1); mprotect(a, n * PG, 3); a[0]++; mprotect(a, n * PG, 0); mprotect(a, n * PG, 3); a[0]++;
}
int main(int c, char **v)
{
    static const size_t N[] = {1, 2, 8, 31, 32, 33, 34, 64, 513}; ncpu = sysconf(_SC_NPROCESSORS_ONLN); if (pipe(p)) return 1;
    for (int i = 0; i < 9; i++) {
        char *a = mk(N[i]); size_t n = N[i];
        pin(0); round_("home", a, n); pin(1); round_("moved", a, n); round_("moved again", a, n);
        pin(0); usleep(3000); round_("back, slept", a, n);
        pin(1); usleep(30000); round_("moved, long idle", a, n);
        pin(0); pid_t k = fork(); if (!k) { pin(1); for (volatile int j = 0; j < 3000000; j++) ; round_("child", a, n); _exit(0); }
        usleep(10000); round_("while the child runs elsewhere", a, n); waitpid(k, 0, 0); round_("child gone", a, n);
        munmap(a, n * PG);
    }
    pthread_t t[4];
    for (long i = 0; i < 3; i++) pthread_create(&t[i], 0, i < 2 ? blocked : sleeper, (void *)(i + 1));
    usleep(20000);
    for (int i = 0; i < 9; i++) {
        char *a = mk(N[i]); size_t n = N[i];
        pin(0); round_("threads", a, n); pin(i); round_("threads, moved", a, n); usleep(20000); round_("threads, slept", a, n); munmap(a, n * PG);
    }
    if (write(p[1], "xxxx", 4) < 0) return 1;
    for (int i = 0; i < 3; i++) pthread_join(t[i], 0);
    char *a = mk(40); round_("alone again", a, 40); pin(1); round_("alone again, moved", a, 40);
    puts("migrate done"); return 0;
}
