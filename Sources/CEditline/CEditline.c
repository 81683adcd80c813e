#define _GNU_SOURCE
#include "CEditline.h"

#include <CLateLibrary.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character is a Unicode scalar");

#define FUNCTIONS(each) \
  each(el_init_fd) each(el_end) each(el_wset) each(el_wget) each(el_wgets) each(el_wline) \
  each(el_winsertstr) each(el_deletestr) each(el_cursor) each(el_wparse) \
  each(history_winit) each(history_w) each(tok_winit) each(tok_wend) each(tok_wreset) each(tok_wstr)
CLATE_LIBRARY(edit, "libedit.so.2", "libedit", "libedit2", FUNCTIONS)

const char *ceditline_load(void) { return edit_load(); }

EditLine *ceditline_init(const char *program, FILE *in, FILE *out, FILE *error, int terminal) {
  return edit_load() ? NULL : edit.el_init_fd(program, in, out, error, terminal, terminal, terminal);
}

void ceditline_end(EditLine *line) { edit.el_end(line); }
const wchar_t *ceditline_gets(EditLine *line, int *count) { return edit.el_wgets(line, count); }
const LineInfoW *ceditline_line(EditLine *line) { return edit.el_wline(line); }
int ceditline_insert(EditLine *line, const wchar_t *text) { return edit.el_winsertstr(line, text); }
void ceditline_delete_back(EditLine *line, int count) { edit.el_deletestr(line, count); }
int ceditline_move(EditLine *line, int distance) { return edit.el_cursor(line, distance); }
int ceditline_parse(EditLine *line, int count, const wchar_t **words) { return edit.el_wparse(line, count, words); }

TokenizerW *ceditline_tokenizer(void) { return edit.tok_winit(NULL); }
void ceditline_tokenizer_end(TokenizerW *tokenizer) { edit.tok_wend(tokenizer); }
void ceditline_tokenizer_reset(TokenizerW *tokenizer) { edit.tok_wreset(tokenizer); }
int ceditline_tokenize(TokenizerW *tokenizer, const wchar_t *text, int *count, const wchar_t ***words) {
  return edit.tok_wstr(tokenizer, text, count, words);
}

static wchar_t *no_prompt(EditLine *line) {
  (void)line;
  static wchar_t empty[1];
  return empty;
}

// Names here are ASCII.
static wchar_t *widened(const char *text) {
  size_t count = strlen(text);
  wchar_t *wide = calloc(count + 1, sizeof *wide);
  for (size_t i = 0; wide && i < count; i++) wide[i] = (unsigned char)text[i];
  return wide;
}

int ceditline_set_client_data(EditLine *line, void *data) { return edit.el_wset(line, EL_CLIENTDATA, data); }

void *ceditline_client_data(EditLine *line) {
  void *data = NULL;
  edit.el_wget(line, EL_CLIENTDATA, &data);
  return data;
}

int ceditline_set_reader(EditLine *line, ceditline_reader reader) { return edit.el_wset(line, EL_GETCFN, reader); }

int ceditline_set_no_prompt(EditLine *line) { return edit.el_wset(line, EL_PROMPT, no_prompt); }

int ceditline_set_no_signals(EditLine *line) { return edit.el_wset(line, EL_SIGNAL, 0); }

int ceditline_set_editor(EditLine *line, const char *mode) {
  wchar_t *wide = widened(mode);
  int result = wide ? edit.el_wset(line, EL_EDITOR, wide) : -1;
  free(wide);
  return result;
}

int ceditline_is_vi(EditLine *line) {
  const wchar_t *mode = NULL;
  return edit.el_wget(line, EL_EDITOR, &mode) == 0 && mode && wcscmp(mode, L"vi") == 0;
}

int ceditline_set_empty_history(EditLine *line) {
  // One for the process: libedit does not own it.
  static HistoryW *history;
  if (!history) history = edit.history_winit();
  return history ? edit.el_wset(line, EL_HIST, edit.history_w, history) : -1;
}

int ceditline_add_command(EditLine *line, const char *name, ceditline_command command) {
  // libedit keeps the name and never frees it: each line needs one that stays.
  wchar_t *wide = widened(name);
  if (!wide) return -1;
  static wchar_t *names[64];
  static size_t count;
  if (count < sizeof names / sizeof *names) names[count++] = wide;
  return edit.el_wset(line, EL_ADDFN, wide, wide, command);
}

int ceditline_bind(EditLine *line, uint32_t character, const char *command, int alternative) {
  wchar_t key[5] = {0};
  wchar_t *wide = widened(command);
  int result = -1;
  // `bind` reads its key in libedit's notation; an octal escape spells every character below 256 plainly.
  if (wide && character < 256) {
    key[0] = L'\\';
    key[1] = L'0' + (wchar_t)(character >> 6);
    key[2] = L'0' + (wchar_t)(character >> 3 & 7);
    key[3] = L'0' + (wchar_t)(character & 7);
    result = alternative ? edit.el_wset(line, EL_BIND, L"-a", key, wide, NULL)
                         : edit.el_wset(line, EL_BIND, key, wide, NULL);
  }
  free(wide);
  return result;
}

int ceditline_bind_sequence(EditLine *line, const char *keys, const wchar_t *typed) {
  wchar_t *wide = widened(keys);
  int result = wide ? edit.el_wset(line, EL_BIND, L"-s", wide, typed, NULL) : -1;
  free(wide);
  return result;
}

int ceditline_use_utf8(void) {
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL;
}

int ceditline_width(uint32_t character) { return wcwidth((wchar_t)character); }
