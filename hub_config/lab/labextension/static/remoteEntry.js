// A module-federation container written by hand: JupyterLab loads it as a prebuilt extension, so nothing is built.
(() => {
  const base = document.currentScript.src;
  let shared = {};

  // JupyterLab offers its own modules as name → version → loader.
  async function take(name) {
    const [offer] = Object.values(shared[name] || {});
    if (!offer) throw new Error(`${name} is not offered by this JupyterLab`);
    return (await offer.get())();
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["@chengxue/lab-bar"] = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const { makePlugins } = await import(new URL("plugin.js", base).href);
      const plugins = await makePlugins(take, base);
      return () => ({ __esModule: true, default: plugins });
    },
  };
})();
