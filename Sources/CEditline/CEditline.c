#define _GNU_SOURCE
#include "CEditline.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character is a Unicode scalar");

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

int ceditline_set_client_data(EditLine *line, void *data) { return el_wset(line, EL_CLIENTDATA, data); }

void *ceditline_client_data(EditLine *line) {
  void *data = NULL;
  el_wget(line, EL_CLIENTDATA, &data);
  return data;
}

int ceditline_set_reader(EditLine *line, ceditline_reader reader) { return el_wset(line, EL_GETCFN, reader); }

int ceditline_set_no_prompt(EditLine *line) { return el_wset(line, EL_PROMPT, no_prompt); }

int ceditline_set_no_signals(EditLine *line) { return el_wset(line, EL_SIGNAL, 0); }

int ceditline_set_editor(EditLine *line, const char *mode) {
  wchar_t *wide = widened(mode);
  int result = wide ? el_wset(line, EL_EDITOR, wide) : -1;
  free(wide);
  return result;
}

int ceditline_is_vi(EditLine *line) {
  const wchar_t *mode = NULL;
  return el_wget(line, EL_EDITOR, &mode) == 0 && mode && wcscmp(mode, L"vi") == 0;
}

int ceditline_set_empty_history(EditLine *line) {
  // One for the process: libedit does not own it.
  static HistoryW *history;
  if (!history) history = history_winit();
  return history ? el_wset(line, EL_HIST, history_w, history) : -1;
}

int ceditline_add_command(EditLine *line, const char *name, ceditline_command command) {
  // libedit keeps the name and never frees it: each line needs one that stays.
  wchar_t *wide = widened(name);
  if (!wide) return -1;
  static wchar_t *names[64];
  static size_t count;
  if (count < sizeof names / sizeof *names) names[count++] = wide;
  return el_wset(line, EL_ADDFN, wide, wide, command);
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
    result = alternative ? el_wset(line, EL_BIND, L"-a", key, wide, NULL) : el_wset(line, EL_BIND, key, wide, NULL);
  }
  free(wide);
  return result;
}

int ceditline_bind_sequence(EditLine *line, const char *keys, const wchar_t *typed) {
  wchar_t *wide = widened(keys);
  int result = wide ? el_wset(line, EL_BIND, L"-s", wide, typed, NULL) : -1;
  free(wide);
  return result;
}

int ceditline_use_utf8(void) {
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL;
}

int ceditline_width(uint32_t character) { return wcwidth((wchar_t)character); }
