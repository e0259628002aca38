// Puts the bar above every notebook that belongs to an assignment.
import { Bar } from "./bar.js";
import { Client } from "./client.js";
import { makeConnectionPlugin } from "./connection.js";
import { makeGatePlugin } from "./gate.js";
import { Room } from "./room.js";
import { wordsFor } from "./words.js";

export async function makePlugins(take, base) {
  const [application, apputils, filebrowser, notebook, services, translation, widgets] = await Promise.all(
    [
      "@jupyterlab/application",
      "@jupyterlab/apputils",
      "@jupyterlab/filebrowser",
      "@jupyterlab/notebook",
      "@jupyterlab/services",
      "@jupyterlab/translation",
      "@lumino/widgets",
    ].map(take),
  );

  function makeClient(app, translator) {
    const words = wordsFor(translator ? translator.languageCode : "zh_CN");
    return new Client(services.ServerConnection, app.serviceManager.serverSettings, words);
  }

  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("bar.css", base).href;
  document.head.append(sheet);

  async function ask(words, title, body, accept) {
    const result = await apputils.showDialog({
      title,
      body,
      buttons: [apputils.Dialog.cancelButton({ label: words.cancel }), apputils.Dialog.okButton({ label: accept })],
    });
    return result.button.accept;
  }

  async function attach(panel, client, words, room) {
    await panel.context.ready;
    const found = await client.state(panel.context.path).catch(() => null);
    if (!found || !found.assignment || panel.isDisposed) return;
    const bar = new Bar({
      assignment: found.assignment,
      isAway: found.is_away,
      client,
      words,
      room,
      save: () => panel.context.save(),
      reload: () => panel.context.revert(),
      ask: (title, body, accept) => ask(words, title, body, accept),
    });
    const widget = new widgets.Widget({ node: bar.node });
    widget.addClass("cx-host");
    panel.contentHeader.addWidget(widget);
    // The panel lays its parts out by their least height, so the bar's own height has to be told to it.
    const watcher = new ResizeObserver(() => {
      const height = `${bar.inner.offsetHeight}px`;
      if (widget.isDisposed || widget.node.style.minHeight === height) return;
      widget.node.style.minHeight = height;
      panel.contentHeader.fit();
    });
    watcher.observe(bar.inner);
    panel.disposed.connect(() => {
      watcher.disconnect();
      bar.stop();
    });
  }

  // On a telephone the list of files would leave no room for the notebook.
  function foldFilesOnNarrowScreens(app) {
    const narrow = matchMedia("(max-width: 760px)");
    const fold = () => narrow.matches && app.shell.collapseLeft();
    app.restored.then(fold);
    narrow.addEventListener("change", fold);
  }

  const bar = {
    id: "@chengxue/lab-bar:plugin",
    autoStart: true,
    requires: [notebook.INotebookTracker],
    optional: [translation.ITranslator],
    activate(app, tracker, translator) {
      const client = makeClient(app, translator);
      const { words } = client;
      const room = new Room({
        client,
        words,
        tell: (text) => apputils.Notification.warning(text, { autoClose: 15000 }),
        confirm: (title, body, accept) => ask(words, title, body, accept),
      });
      const seen = new WeakSet();
      const add = (panel) => {
        if (seen.has(panel)) return;
        seen.add(panel);
        attach(panel, client, words, room);
      };
      foldFilesOnNarrowScreens(app);
      tracker.widgetAdded.connect((_, panel) => add(panel));
      tracker.forEach(add);
    },
  };

  return [
    bar,
    makeConnectionPlugin({ application, apputils, translation }, makeClient),
    makeGatePlugin({ application, apputils, filebrowser, translation, widgets }, makeClient),
  ];
}
