// Asks before a file is downloaded, so that a held file is said in words and not by a download that fails.
// The server decides: without this script nothing more leaves, and nothing less.
import { element } from "./view.js";

const DOWNLOADS = ["filebrowser:download", "docmanager:download"];

export function makeGatePlugin({ apputils, filebrowser, widgets, application, translation }, makeClient) {
  return {
    id: "@chengxue/lab-bar:gate",
    autoStart: true,
    requires: [filebrowser.IFileBrowserFactory],
    optional: [translation.ITranslator, application.ILabShell],
    activate(app, browsers, translator, shell) {
      const client = makeClient(app, translator);
      const execute = app.commands.execute.bind(app.commands);
      const paths = (id) => {
        if (id === "filebrowser:download") {
          const browser = browsers.tracker.currentWidget;
          return browser
            ? Array.from(browser.selectedItems())
                .filter((item) => item.type !== "directory")
                .map((item) => item.path)
            : [];
        }
        const widget = (shell || app.shell).currentWidget;
        return widget && widget.context ? [widget.context.path] : [];
      };
      app.commands.execute = async (id, args) => {
        if (!DOWNLOADS.includes(id)) return execute(id, args);
        for (const path of paths(id)) {
          if (!(await mayLeave(path))) return undefined;
        }
        return execute(id, args);
      };

      async function mayLeave(path) {
        const { words } = client;
        let said;
        try {
          said = await client.mayLeave(path);
        } catch (error) {
          await apputils.showDialog({
            title: words.held,
            body: error.message,
            buttons: [apputils.Dialog.okButton({ label: words.close })],
          });
          return false;
        }
        if (said.passes) return true;
        await apputils.showDialog({
          title: words.held,
          body: new widgets.Widget({ node: explanation(path, said, words) }),
          buttons: [apputils.Dialog.okButton({ label: words.close })],
        });
        return false;
      }
    },
  };
}

function explanation(path, said, words) {
  const node = element("div", "cx-held");
  node.append(element("p", "", path), element("p", "", said[words.messageKey]));
  const list = element("ul", "");
  for (const finding of said.findings) list.append(element("li", "", finding[words.messageKey]));
  node.append(list, link(said.page, words.seeAndAsk));
  return node;
}

export function link(address, text) {
  const made = element("a", "cx-link", text);
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener";
  return made;
}

// What the bar says beforehand: the rule in a word, in full behind it, and what no gate holds.
export function ruleView(rule, words) {
  const node = element("details", "cx-rule");
  node.append(element("summary", "", words.outgoing(words.rules[rule.rule] || rule.rule, rule.files)));
  node.append(
    element("p", "", rule[words.messageKey]),
    element("p", "", rule.screen[words.messageKey]),
    link(rule.page, words.outgoingPage),
  );
  return node;
}
