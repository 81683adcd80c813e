#ifndef CEDITLINE_H
#define CEDITLINE_H

// libedit's wide interface for Swift. It is loaded with the first editor: a program that serves or replays needs none.
// The functions up to the setters are those of <histedit.h> by shorter names; editline(3) describes them. Each setter
// returns 0 on success and -1 on failure.

#include <histedit.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

/// Gives libedit its next character: returns 1 with `*character` set, 0 at the end of input, -1 on an error.
typedef int (*ceditline_reader)(EditLine *, wchar_t *character);
/// An editor command: `character` is the key it was reached by; returns one of the CC_ codes.
typedef unsigned char (*ceditline_command)(EditLine *, int character);

/// Loads libedit. NULL where it is there, a sentence that says why not where it can't be had.
const char *ceditline_load(void);

/// el_init_fd(). NULL where libedit can't be loaded, too. Nothing below but the last two may be called before one that
/// was not NULL.
EditLine *ceditline_init(const char *program, FILE *in, FILE *out, FILE *error, int terminal);
void ceditline_end(EditLine *);
const wchar_t *ceditline_gets(EditLine *, int *count);
const LineInfoW *ceditline_line(EditLine *);
int ceditline_insert(EditLine *, const wchar_t *);
void ceditline_delete_back(EditLine *, int count);
int ceditline_move(EditLine *, int distance);
int ceditline_parse(EditLine *, int count, const wchar_t **words);

TokenizerW *ceditline_tokenizer(void);
void ceditline_tokenizer_end(TokenizerW *);
void ceditline_tokenizer_reset(TokenizerW *);
int ceditline_tokenize(TokenizerW *, const wchar_t *text, int *count, const wchar_t ***words);

int ceditline_set_client_data(EditLine *, void *);
void *ceditline_client_data(EditLine *);
int ceditline_set_reader(EditLine *, ceditline_reader);
/// Sets an empty prompt: the caller paints.
int ceditline_set_no_prompt(EditLine *);
/// Leaves signals alone (EL_SIGNAL 0).
int ceditline_set_no_signals(EditLine *);
/// `mode` is "emacs" or "vi"; every binding returns to that mode's default.
int ceditline_set_editor(EditLine *, const char *mode);
/// 1 where the mode is vi, 0 where it is emacs.
int ceditline_is_vi(EditLine *);
/// Gives the line a history that stays empty, so that no command of libedit's calls a null function.
int ceditline_set_empty_history(EditLine *);
/// Names a command for `bind`. libedit keeps the pointer to the name, so the name lives for ever here.
int ceditline_add_command(EditLine *, const char *name, ceditline_command);
/// Binds one character to a command; `alternative` means vi's command map.
int ceditline_bind(EditLine *, uint32_t character, const char *command, int alternative);
/// Makes one key or several, in `bind`'s notation, mean that these characters were typed.
int ceditline_bind_sequence(EditLine *, const char *keys, const wchar_t *typed);
/// Sets the character set to UTF-8 for this process, whatever LANG says. Returns 0 where there is no such locale.
int ceditline_use_utf8(void);
/// Columns that a character takes: 0, 1, 2, or -1 for one that cannot be printed.
int ceditline_width(uint32_t character);

#endif
