/* A backup: one file that is there whole and proved, or not there at all. */
#include "transfer_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Files ---- */

/* What SQLite keeps beside a file. */
static const char *const companions[] = {"", "-wal", "-shm", "-journal"};

/* A log that outlived its database would be played into the new one. */
static enum err demand_free(struct transfer *t, const char *path)
{
  for (size_t i = 0; i < COUNT_OF(companions); i++) {
    const char *name = arena_printf(t->arena, "%s%s", path, companions[i]);
    if (access(name, F_OK) == 0)
      return transfer_refuse(t, "%s exists already; choose another name, or move it away", name);
  }
  return ERR_OK;
}

static void remove_all(struct arena *a, const char *path)
{
  for (size_t i = 0; i < COUNT_OF(companions); i++)
    unlink(arena_printf(a, "%s%s", path, companions[i]));
}

static enum err file_failed(struct transfer *t, const char *path)
{
  return fault_fail(t->fault, ERR_STORAGE, "", "%s cannot be written: %s", path, strerror(errno));
}

/* Before SQLite opens it: a backup holds hashes of passwords and keys, and is nobody else's to read. */
static enum err create(struct transfer *t, const char *path)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return file_failed(t, path);
  close(fd);
  return ERR_OK;
}

static enum err sync_path(struct transfer *t, const char *path, int flags)
{
  int fd = open(path, flags | O_CLOEXEC);
  bool fine = fd >= 0 && fsync(fd) == 0;
  enum err err = fine ? ERR_OK : file_failed(t, path);
  if (fd >= 0)
    close(fd);
  return err;
}

/* The name is durable only when its folder is. */
static enum err publish(struct transfer *t, const char *part, const char *path)
{
  const char *slash = strrchr(path, '/');
  const char *folder = !slash ? "." : slash == path ? "/" : arena_textn(t->arena, path, (size_t)(slash - path));
  TRY(sync_path(t, part, O_RDWR));
  if (rename(part, path) != 0)
    return file_failed(t, path);
  return sync_path(t, folder, O_RDONLY | O_DIRECTORY);
}

/* ---- What is written into the part ---- */

static enum err open_part(struct transfer *t, const char *part, enum db_mode mode)
{
  TRY(db_open(arena_printf(t->arena, "sqlite:%s", part), mode, t->fault, &t->to));
  db_use(t->to, t->fault, t->arena);
  return ERR_OK;
}

static void close_part(struct transfer *t)
{
  db_close(t->to);
  t->to = NULL;
}

/* Pages are proved by whoever copies them: what the file holds is what the view held. So its rows are only counted. */
static enum err count_part(struct transfer *t, const char *part, struct transfer_result *out)
{
  TRY(open_part(t, part, DB_READER));
  enum err err = transfer_count(t, out);
  close_part(t);
  return err;
}

static enum err write_pages(struct transfer *t, const char *part, struct transfer_result *out)
{
  db_use(t->from, t->fault, t->arena);
  TRY(transfer_known_schema(t));
  TRY(db_copy_file(t->from, part));
  return count_part(t, part, out);
}

static enum err write_rows(struct transfer *t, const char *part, struct transfer_result *out)
{
  TRY(open_part(t, part, DB_WRITER));
  enum err err = transfer_copy(t, out);
  close_part(t);
  return err;
}

/* No process holds anything in a backup, and it needs no log beside it to be read. */
static enum err put_to_rest(struct transfer *t, const char *part)
{
  static const struct db_stmt no_log = {"PRAGMA journal_mode = DELETE", DB_SCHEMA};
  TRY(open_part(t, part, DB_WRITER));
  enum err err = transfer_put_to_rest(t);
  if (err == ERR_OK)
    err = db_run(t->to, &no_log, NULL, DB_NO_ARGS);
  close_part(t);
  return err;
}

static enum err part_whole(struct transfer *t, const char *part)
{
  TRY(open_part(t, part, DB_READER));
  enum err err = transfer_file_whole(t->to, t->fault);
  close_part(t);
  return err;
}

static enum err write_part(struct transfer *t, const char *part, struct transfer_result *out)
{
  TRY(create(t, part));
  TRY(db_engine(t->from) == DB_SQLITE ? write_pages(t, part, out) : write_rows(t, part, out));
  TRY(put_to_rest(t, part));
  return part_whole(t, part);
}

/* ---- The whole ---- */

enum err transfer_file_whole(struct db *db, struct fault *f)
{
  static const struct db_stmt check = {"PRAGMA integrity_check(1)", DB_SCHEMA};
  struct db_rows rows;
  const char *says = NULL;
  TRY(db_query(db, &check, &rows, DB_NO_ARGS));
  if (db_next(&rows))
    says = db_text(&rows, 0);
  TRY(db_done(&rows));
  return text_eq(says, "ok")
             ? ERR_OK
             : fault_fail(f, ERR_STATE, "", "the file is damaged: %s", says ? says : "it cannot be checked");
}

enum err transfer_backup(struct transfer *t, const char *path, struct transfer_result *out)
{
  const char *part = arena_printf(t->arena, "%s.part", path);
  *out = (struct transfer_result){0};
  TRY(demand_free(t, path));
  remove_all(t->arena, part); /* of a backup that was interrupted */
  enum err err = write_part(t, part, out);
  if (err == ERR_OK)
    err = publish(t, part, path);
  if (err != ERR_OK)
    remove_all(t->arena, part);
  return err;
}

enum err transfer_restore(struct transfer *t, const char *path, struct transfer_result *out)
{
  db_use(t->from, t->fault, t->arena);
  TRY(transfer_file_whole(t->from, t->fault));
  return transfer_backup(t, path, out);
}
