// The editor: CodeMirror with what a short Python program needs.
import { EditorState } from "./codemirror/codemirror-state.js";
import { EditorView, keymap, lineNumbers, drawSelection, highlightActiveLine } from
  "./codemirror/codemirror-view.js";
import { defaultKeymap, history, historyKeymap, indentWithTab } from
  "./codemirror/codemirror-commands.js";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting, HighlightStyle } from
  "./codemirror/codemirror-language.js";
import { python } from "./codemirror/codemirror-lang-python.js";
import { tags } from "./codemirror/lezer-highlight.js";

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: [tags.number, tags.bool, tags.null], class: "tok-number" },
  { tag: [tags.definition(tags.variableName), tags.className], class: "tok-name" },
]);

// An editor in a place; `onrun` is called by Ctrl+Enter, `onchange` after each change.
export function editor(place, { text = "", label, onrun = () => {}, onchange = () => {} }) {
  const keys = [
    { key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => (onrun(), true) },
    { key: "Shift-Enter", run: () => (onrun(), true) },
  ];
  const state = EditorState.create({
    doc: text,
    extensions: [
      keymap.of(keys),
      lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
      highlightActiveLine(), indentUnit.of("    "), python(), syntaxHighlighting(colours),
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.updateListener.of((update) => update.docChanged && onchange()),
    ],
  });
  const view = new EditorView({ state, parent: place });
  return {
    view,
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
  };
}
