// Runs before the page is shown: what needs script is shown ready for it, so that nothing jumps.
document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '')
