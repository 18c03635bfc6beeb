/** When an agent runs by itself, as a person would say it, and as the owner's cron line says it. */

export interface Plan {
  readonly often: 'daily' | 'weekly' | 'monthly';
  /** For `weekly`: 0 is Sunday. */
  readonly weekday: number;
  /** For `monthly`: 1 to 31. */
  readonly day: number;
  /** `08:00`. */
  readonly time: string;
}

export const USUAL_PLAN: Plan = { often: 'weekly', weekday: 1, day: 1, time: '08:00' };

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** The cron line of a plan; null while its time is not one. */
export function cronOf({ often, weekday, day, time }: Plan): string | null {
  const [, hour, minute] = TIME.exec(time) ?? [];
  if (hour === undefined || minute === undefined) {
    return null;
  }
  const at = `${Number(minute)} ${Number(hour)}`;
  switch (often) {
    case 'daily':
      return `${at} * * *`;
    case 'weekly':
      return `${at} * * ${weekday}`;
    case 'monthly':
      return `${at} ${day} * *`;
  }
}

/** The plan that a cron line says; null for what takes more than a day and a time to say. */
export function planOf(cron: string): Plan | null {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  if (!within(minute, 0, 59) || !within(hour, 0, 23) || month !== '*') {
    return null;
  }
  const plan = { ...USUAL_PLAN, time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` };
  if (day === '*' && weekday === '*') {
    return { ...plan, often: 'daily' };
  }
  if (weekday === '*') {
    return within(day, 1, 31) ? { ...plan, often: 'monthly', day: Number(day) } : null;
  }
  const named = WEEKDAYS.indexOf(weekday.toUpperCase());
  const number = named >= 0 ? named : within(weekday, 0, 7) ? Number(weekday) % 7 : null;
  return day === '*' && number !== null ? { ...plan, often: 'weekly', weekday: number } : null;
}

function within(field: string, least: number, most: number): boolean {
  return /^\d{1,2}$/.test(field) && Number(field) >= least && Number(field) <= most;
}
