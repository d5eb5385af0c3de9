/* Replays files through a fuzz target, where libFuzzer is not at hand. Arguments: folders (their files, not deeper). */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

/* The input is a block of exactly its size, so that a sanitizer sees the first byte read beyond it. */
static void replay(const char *path)
{
  FILE *f = fopen(path, "rb");
  FUZZ_CHECK(f);
  fseek(f, 0, SEEK_END);
  long n = ftell(f);
  rewind(f);
  uint8_t *bytes = malloc(n ? (size_t)n : 1);
  FUZZ_CHECK(bytes && fread(bytes, 1, (size_t)n, f) == (size_t)n);
  fclose(f);
  LLVMFuzzerTestOneInput(bytes, (size_t)n);
  free(bytes);
}

int main(int argc, char **argv)
{
  int replayed = 0;
  for (int i = 1; i < argc; i++) {
    DIR *dir = opendir(argv[i]);
    for (struct dirent *e; dir && (e = readdir(dir));) {
      char path[4096];
      if (e->d_name[0] == '.')
        continue;
      snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
      replay(path);
      replayed++;
    }
    if (dir)
      closedir(dir);
  }
  printf("%d inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 1;
}
