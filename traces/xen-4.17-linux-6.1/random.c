/* Random memory calls, touches, forks and moves between CPUs.
 *   random SEED OPS [threads=N] [fork] [migrate] [exec]  */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#define PG 4096UL
#define SZ 1400UL
static const unsigned long border[] = {0x100040000000UL, 0x100080200000UL, 0x108000000000UL, 0x200000600000UL, 0x300000000000UL + (1UL << 39), 0x400000a00000UL};
#define NI 6
static int forks, migrate, execs, nthreads, files[2], ncpu, shared_islands, trunc_, locks;
static __thread unsigned s; static __thread sigjmp_buf jb; static __thread int armed;
static unsigned rnd(void) { s = s * 1664525u + 1013904223u; return s >> 8; }
static unsigned r(unsigned n) { return rnd() % n; }
static void h(int sig) { if (armed) { armed = 0; siglongjmp(jb, 1); } _exit(99); }
static char *isl(int k) { return (char *)(border[k] - 300 * PG); }
static int mine(int t) { return nthreads > 1 && !shared_islands ? t % NI : r(NI); }
static size_t len(void) { switch (r(6)) { case 0: return 1; case 1: return 1 + r(8); case 2: return 28 + r(10); case 3: return 1 + r(100); case 4: return 1 + r(600); default: return 1 + r(SZ); } }
static void range(int t, char **a, size_t *n)
{
    int k = mine(t); size_t l = len(); if (l > SZ) l = SZ; size_t o = r(3) == 0 ? (300 - r(l < 300 ? l + 1 : 300)) : r(SZ - l + 1); if (o + l > SZ) o = SZ - l;
    *a = isl(k) + o * PG; *n = l;
}
static const int prots[] = {0, 1, 1, 3, 3, 3, 5, 7, 1, 3};
static void touch(volatile char *a, size_t n, int wr)
{
    size_t step = r(3) ? 1 + r(9) : 1; static __thread volatile size_t i; int randomly = r(4) == 0; 
    for (i = 0; i < n; i += step) {
        if (randomly && r(2)) continue;
        armed = 1;
        if (!sigsetjmp(jb, 1)) { if (wr) a[i * PG]++; else (void)a[i * PG]; }
        else if (r(3) == 0) break;
        armed = 0;
    }
}
static void pin(void) { if (ncpu > 1) { cpu_set_t c; CPU_ZERO(&c); CPU_SET(r(ncpu), &c); if (r(4) == 0) CPU_SET(r(ncpu), &c); sched_setaffinity(0, sizeof c, &c); } }
static void ops(int t, long n, int depth);
static void child(int t, int depth) { s += 77; ops(t, 1 + r(25), depth + 1); }
static void op(int t, int depth)
{
    char *a; size_t n; range(t, &a, &n);
    switch (r(40)) {
    case 0: case 1: mmap(a, n * PG, prots[r(10)], MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | (r(8) == 0 ? MAP_POPULATE : 0) | (r(8) == 0 ? MAP_NORESERVE : 0), -1, 0); break;
    case 2: mmap(a, n * PG, prots[r(10)], MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
    case 3: { int sh = r(2); if (n > 300) n = 300; mmap(a, n * PG, prots[r(10)], (sh ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED, files[r(2)], r(100) * PG); break; }
    case 4: case 5: case 6: case 7: touch(a, n, 0); break;
    case 8: case 9: case 10: case 11: case 12: case 13: touch(a, n, 1); break;
    case 14: munmap(a, r(3) ? 1 + r(30) * PG : n * PG); break;
    case 15: { static const int ad[] = {MADV_DONTNEED, MADV_DONTNEED, MADV_FREE, 20, MADV_WILLNEED, 22, 23, 14, MADV_RANDOM, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK}; madvise(a, n * PG, ad[r(13)]); break; }
    case 16: { char *b; size_t m; range(t, &b, &m); size_t k = n < m ? n : m; if (k > 200) k = 200; if (a + k * PG <= b || b + k * PG <= a) mremap(a, k * PG, (r(2) ? k : 1 + r(2 * k)) * PG, MREMAP_MAYMOVE | MREMAP_FIXED, b); break; }
    case 17: { size_t k = 1 + r(40); mremap(a, k * PG, (1 + r(60)) * PG, 0); break; }
    case 18: if (!locks) break; if (r(2)) mlock(a, n * PG > 400 * PG ? 400 * PG : n * PG); else munlock(a, n * PG); break;
    case 19: { struct iovec v = {a + r(4096), n * PG > 5000 ? 5000 : n * PG}; if (r(2)) preadv(files[r(2)], &v, 1, 0); else pwritev(files[0], &v, 1, PG * r(80)); break; }
    case 20: if (forks && depth < 2) { pid_t p = fork(); if (!p) { child(t, depth); _exit(0); } if (p > 0 && r(2)) waitpid(p, 0, 0); } break;
    case 21: if (execs && depth < 2 && r(2)) { pid_t p = r(2) ? vfork() : fork(); if (!p) { char *v[] = {"/proc/self/exe", "5", "20", 0}; char e[4]; (void)e; execv("/proc/self/exe", v); _exit(1); } waitpid(p, 0, 0); } break;
    case 22: case 23: if (migrate) pin(); break;
    case 24: if (migrate) usleep(r(3000)); break;
    case 25: syscall(SYS_pkey_mprotect, a, n * PG, prots[r(10)], -1); break;
    case 26: { char *b = sbrk(0); if (r(3) && b < isl(0)) { if (sbrk((long)(r(12) * PG) - (r(4) == 0 ? 3 * (long)PG : 0)) != (void *)-1) { b = (char *)((unsigned long)sbrk(0) & -PG); mprotect(b - (1 + r(3)) * PG, PG, r(2) ? 1 : 3); } } break; }
    case 27: if (forks) while (waitpid(-1, 0, WNOHANG) > 0) ; break;
    case 28: if (trunc_ && r(3) == 0) { ftruncate(files[1], r(200) * PG); ftruncate(files[1], 400 * PG); } break;
    default: mprotect(a, n * PG, prots[r(10)]); break;
    }
}
static void ops(int t, long n, int depth) { while (n-- > 0) op(t, depth); }
static unsigned seed; static long total;
static void *thread(void *x) { long t = (long)x; s = seed + 1000 * t; ops((int)t, total, 0); return 0; }
int main(int c, char **v)
{
    seed = atoi(v[1]); total = atol(v[2]); nthreads = 1;
    for (int i = 3; i < c; i++) {
        if (!strncmp(v[i], "threads=", 8)) nthreads = atoi(v[i] + 8);
        if (!strcmp(v[i], "fork")) forks = 1;
        if (!strcmp(v[i], "migrate")) migrate = 1;
        if (!strcmp(v[i], "exec")) execs = 1;
        if (!strcmp(v[i], "shared")) shared_islands = 1;
        if (!strcmp(v[i], "trunc")) trunc_ = 1; if (!strcmp(v[i], "lock")) locks = 1;
    }
    ncpu = sysconf(_SC_NPROCESSORS_ONLN);
    struct sigaction sa; memset(&sa, 0, sizeof sa); sa.sa_handler = h; sa.sa_flags = SA_NODEFER; sigaction(SIGSEGV, &sa, 0); sigaction(SIGBUS, &sa, 0);
    for (int i = 0; i < 2; i++) { char nm[60]; snprintf(nm, sizeof nm, "/tmp/fz.%d.%d", i, getpid()); files[i] = open(nm, O_RDWR | O_CREAT | O_TRUNC, 0600); static char b[PG]; memset(b, i + 1, PG); for (int k = 0; k < 400; k++) if (write(files[i], b, PG) < 0) return 1; unlink(nm); }
    s = seed;
    if (nthreads > 1) { pthread_t t[16]; for (long i = 0; i < nthreads; i++) pthread_create(&t[i], 0, thread, (void *)i); for (int i = 0; i < nthreads; i++) pthread_join(t[i], 0); }
    else ops(0, total, 0);
    while (forks && waitpid(-1, 0, 0) > 0) ;
    printf("fz %u done\n", seed); return 0;
}
