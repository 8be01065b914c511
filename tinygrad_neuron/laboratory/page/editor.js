// The editor: CodeMirror with what a short Python program needs.
import {
  autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap,
} from "./codemirror/codemirror-autocomplete.js";
import {
  defaultKeymap, history, historyKeymap, indentWithTab,
} from "./codemirror/codemirror-commands.js";
import { python } from "./codemirror/codemirror-lang-python.js";
import {
  bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting,
} from "./codemirror/codemirror-language.js";
import { lintGutter, setDiagnostics } from "./codemirror/codemirror-lint.js";
import { EditorState } from "./codemirror/codemirror-state.js";
import {
  drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers,
} from "./codemirror/codemirror-view.js";
import { tags } from "./codemirror/lezer-highlight.js";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: [tags.number, tags.bool, tags.null], class: "tok-number" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], class: "tok-name" },
]);

const BOOST = { property: 2, keyword: -1, constant: -2 }; // arguments first, builtins last

// What Python says of the cursor's place, as CodeMirror wants it.
function source(complete) {
  return async (context) => {
    const word = context.matchBefore(/[\w.]+/);
    const few = !word || (word.to - word.from < 2 && !word.text.includes("."));
    if (!context.explicit && few) return null;
    const text = context.state.doc.toString();
    const before = [...text.slice(0, context.pos)].length; // Python counts letters, not UTF-16
    const found = await complete(text, before);
    if (!found || context.aborted) return null;
    const options = found.options.map(({ info, detail, ...option }) => ({
      ...option,
      detail,
      boost: BOOST[option.type] ?? 0,
      info: info ? () => described(info) : undefined,
    }));
    return { from: context.pos - (before - found.start), options, validFor: /^\w*=?$/ };
  };
}

function described(info) {
  const place = document.createElement("div");
  place.className = "described";
  place.textContent = info.replace(/\*\*([A-Z][^*\n]*)\*\*/g, "$1"); // a heading, as `**Returns**`
  return place;
}

// An editor in a place. `onrun` is called by Ctrl+Enter and Shift+Enter, `onchange` after each
// change of the user's; `complete(text, at)` promises what may stand there, or null.
export function editor(place, { text = "", label, onrun, onchange, complete }) {
  const run = () => (onrun(), true);
  let isOurs = false;
  const state = EditorState.create({
    doc: text,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run }, { key: "Shift-Enter", run }]),
      lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
      closeBrackets(), highlightActiveLine(), indentUnit.of("    "), python(),
      syntaxHighlighting(colours), lintGutter(),
      autocompletion(complete ? { override: [source(complete)] } : {}),
      keymap.of([
        ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap,
        indentWithTab,
      ]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
      EditorView.lineWrapping,
      EditorView.updateListener.of((update) => update.docChanged && !isOurs && onchange?.()),
    ],
  });
  const view = new EditorView({ state, parent: place });
  return {
    view,
    get text() {
      return view.state.doc.toString();
    },
    set text(insert) {
      isOurs = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } });
      isOurs = false;
    },
    focus: () => view.focus(),
    // Marks the line of an error, or, without one, none.
    mark(error) {
      const marks = [];
      if (error?.line >= 1 && error.line <= view.state.doc.lines) {
        const { from, to } = view.state.doc.line(error.line);
        marks.push({ from, to, severity: "error", message: error.message });
      }
      view.dispatch(setDiagnostics(view.state, marks));
    },
  };
}
