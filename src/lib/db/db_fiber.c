/* Fibers over ucontext, told to the sanitizers, which would take a change of stack for an error. */
#include "db_fiber_priv.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#endif
#endif

#ifdef WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WITH_TSAN
#include <sanitizer/tsan_interface.h>
#endif

struct fiber {
  struct fiber_pool *pool;
  ucontext_t context;
  void *stack; /* the page below it is not accessible */
  void (*fn)(void *arg);
  void *arg;
  bool ended;
  void *fake_stack; /* asan's, while it waits */
  void *tsan;
  struct fiber *next; /* of the idle ones */
};

struct fiber_pool {
  size_t stack_bytes, page;
  ucontext_t home;
  struct fiber *running, *idle;
  const void *home_stack; /* asan learns where home lies when a fiber begins */
  size_t home_bytes;
  void *home_fake_stack;
  void *home_tsan;
};

struct fiber_pool *fiber_pool_new(size_t stack_bytes)
{
  struct fiber_pool *pool = calloc(1, sizeof *pool);
  if (!pool)
    abort();
  pool->page = (size_t)sysconf(_SC_PAGESIZE);
  pool->stack_bytes = (stack_bytes + pool->page - 1) / pool->page * pool->page;
  return pool;
}

static void fiber_free(struct fiber *f)
{
  size_t page = f->pool->page;
  munmap((char *)f->stack - page, f->pool->stack_bytes + page);
#ifdef WITH_TSAN
  __tsan_destroy_fiber(f->tsan);
#endif
  free(f);
}

void fiber_pool_free(struct fiber_pool *pool)
{
  if (!pool)
    return;
  assert(!pool->running);
  while (pool->idle) {
    struct fiber *f = pool->idle;
    pool->idle = f->next;
    fiber_free(f);
  }
  free(pool);
}

static struct fiber *fiber_make(struct fiber_pool *pool)
{
  struct fiber *f = calloc(1, sizeof *f);
  void *memory = mmap(NULL, pool->stack_bytes + pool->page, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (!f || memory == MAP_FAILED || mprotect(memory, pool->page, PROT_NONE) != 0)
    abort();
  f->pool = pool;
  f->stack = (char *)memory + pool->page;
#ifdef WITH_TSAN
  f->tsan = __tsan_create_fiber(0);
#endif
  return f;
}

static void arrive_in_fiber(struct fiber *f)
{
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber(f->fake_stack, &f->pool->home_stack, &f->pool->home_bytes);
#else
  (void)f;
#endif
}

static void leave_fiber(struct fiber *f)
{
  struct fiber_pool *pool = f->pool;
#ifdef WITH_ASAN
  __sanitizer_start_switch_fiber(f->ended ? NULL : &f->fake_stack, pool->home_stack, pool->home_bytes);
#endif
#ifdef WITH_TSAN
  __tsan_switch_to_fiber(pool->home_tsan, 0);
#endif
  swapcontext(&f->context, &pool->home);
}

/* makecontext passes ints alone, so the fiber's address comes in two halves. */
static void fiber_main(unsigned high, unsigned low)
{
  struct fiber *f = (struct fiber *)(((uintptr_t)high << 32) | (uintptr_t)low);
  f->fake_stack = NULL;
  arrive_in_fiber(f);
  f->fn(f->arg);
  f->ended = true;
  leave_fiber(f);
}

static void begin_at_main(struct fiber *f)
{
  uintptr_t address = (uintptr_t)f;
  if (getcontext(&f->context) != 0)
    abort();
  f->context.uc_stack.ss_sp = f->stack;
  f->context.uc_stack.ss_size = f->pool->stack_bytes;
  f->context.uc_link = NULL;
  makecontext(&f->context, (void (*)(void))fiber_main, 2, (unsigned)(address >> 32), (unsigned)address);
}

struct fiber *fiber_new(struct fiber_pool *pool, void (*fn)(void *arg), void *arg)
{
  struct fiber *f = pool->idle;
  if (f)
    pool->idle = f->next;
  else
    f = fiber_make(pool);
  f->fn = fn;
  f->arg = arg;
  f->ended = false;
  f->fake_stack = NULL;
  begin_at_main(f);
  return f;
}

bool fiber_resume(struct fiber *f)
{
  struct fiber_pool *pool = f->pool;
  assert(!pool->running);
  pool->running = f;
#ifdef WITH_ASAN
  __sanitizer_start_switch_fiber(&pool->home_fake_stack, f->stack, pool->stack_bytes);
#endif
#ifdef WITH_TSAN
  pool->home_tsan = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(f->tsan, 0);
#endif
  swapcontext(&pool->home, &f->context);
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber(pool->home_fake_stack, NULL, NULL);
#endif
  pool->running = NULL;
  if (!f->ended)
    return true;
  f->next = pool->idle;
  pool->idle = f;
  return false;
}

void fiber_yield(struct fiber_pool *pool)
{
  struct fiber *f = pool->running;
  leave_fiber(f);
  arrive_in_fiber(f);
}
