/** How long a step took, in words. */
import { catalogue } from "../lib/catalogue";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const words = catalogue(
  {
    under: "不到 1 分钟",
    days: (count: number) => `${count} 天`,
    hours: (count: number) => `${count} 小时`,
    minutes: (count: number) => `${count} 分钟`,
  },
  {
    under: "under a minute",
    days: (count: number) => (count === 1 ? "1 day" : `${count} days`),
    hours: (count: number) => (count === 1 ? "1 hour" : `${count} hours`),
    minutes: (count: number) => (count === 1 ? "1 minute" : `${count} minutes`),
  },
);

/** The two largest units: nobody asks for the minutes of three days. */
export function elapsed(seconds: number): string {
  const t = words();
  if (seconds < MINUTE) return t.under;
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const parts =
    days > 0
      ? [days && t.days(days), hours && t.hours(hours)]
      : [hours && t.hours(hours), minutes && t.minutes(minutes)];
  return parts.filter((part) => part !== 0).join(" ");
}
