/* A mapping file is somebody else's: whatever it says, it is compiled or refused. */
#include "fuzz.h"

#include "import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct arena *a = arena_new(UINT64_C(1) << 28);
  struct fault f;
  struct mapping *m;
  fault_init(&f, a);
  if (mapping_read((const char *)data, size, a, &f, &m) == ERR_OK)
    assert(mapping_target(m) && mapping_sources(m) > 0);
  else
    assert(f.n > 0 || f.detail);
  arena_free(a);
  return 0;
}
