const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60]
];

/** How long ago `time` (ISO 8601) was, in words: “5 minutes ago”; under a minute: “now”. */
export function ago(time: string, language: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(time)) / 1000;
  const format = new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto', style: 'short' });
  for (const [unit, length] of STEPS) {
    if (seconds >= length) {
      return format.format(-Math.floor(seconds / length), unit);
    }
  }
  return format.format(0, 'second');
}

/** JupyterLab's name of a language as the browser's: `zh_CN` is `zh-CN`. */
export function tag(language: string): string {
  const wanted = language.replace('_', '-');
  try {
    return Intl.getCanonicalLocales(wanted)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
