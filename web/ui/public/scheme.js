// Sets light or dark before the first paint, so that nothing flashes. A file and not inline, because the
// content security policy allows scripts from this origin only.
(function () {
  var scheme = null
  try {
    scheme = window.localStorage.getItem('mantine-color-scheme-value')
  } catch {
    /* storage is off: follow the system */
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
})()
