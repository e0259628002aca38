// Waits for a lab that cannot be reached before it troubles anybody: hub and proxy are back within seconds,
// and the lab itself ran on meanwhile. JupyterLab's own question at the first lost request is switched off.

const PATIENCE_MS = 25000;

export function makeConnectionPlugin({ application, apputils, translation }, makeClient) {
  return {
    id: "@chengxue/lab-bar:connection",
    autoStart: true,
    provides: application.IConnectionLost,
    optional: [translation.ITranslator],
    activate(app, translator) {
      const client = makeClient(app, translator);
      const { words } = client;
      let isWaiting = false;

      return async () => {
        if (isWaiting) return;
        isWaiting = true;
        const note = apputils.Notification.info(words.labAway, { autoClose: false });
        const isBack = await client.whenReached(PATIENCE_MS);
        apputils.Notification.dismiss(note);
        if (!isBack) {
          const answer = await apputils.showDialog({
            title: words.labClosed,
            body: words.labClosedBody,
            buttons: [
              apputils.Dialog.cancelButton({ label: words.later }),
              apputils.Dialog.okButton({ label: words.reopen }),
            ],
          });
          // In another tab, so that what is unsaved on this page can be saved once the lab runs again.
          if (answer.button.accept) await app.commands.execute("hub:restart");
        }
        isWaiting = false;
      };
    },
  };
}
