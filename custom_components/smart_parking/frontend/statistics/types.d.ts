/** What the server tells of a period. */

export interface Numbers {
  vehicles: number;
  estimated: number;
  guided: number;
  turnover: number | null;
  average_stay_s: number | null;
  median_stay_s: number | null;
  p90_stay_s: number | null;
  occupied_s: number;
  occupancy: number | null;
  overstays: number;
  /** For administrators only. */
  revenue?: number;
  full_s?: number;
  turned_away?: number;
  faults?: number;
  fault_s?: number;
  availability?: number | null;
}

export interface BayNumbers extends Numbers {
  bay: string;
  bay_id: string;
  level: string;
  kind: string;
  zone: string;
}

export type Row = Numbers & Record<string, string | number | null | undefined>;

export interface Overstay {
  bay: string;
  bay_id: string;
  arrived: string;
  left?: string | null;
  over_s: number;
  stay_s?: number;
  is_estimated: boolean;
}

export interface Shop {
  promotion_id: string;
  shop: string;
  impressions: number;
  on_signs: number;
  visits: number;
  clicks: number;
}

export interface Span {
  from: string;
  until: string;
  days: number;
}

export interface Today {
  counts: [at: number, occupied: number][];
  expected: [at: number, occupied: number, low: number, high: number][];
  full_at: string | null;
  full_probability: number | null;
  days: number;
  needed_days: number;
}

export interface Statistics {
  lot: {
    entry_id: string;
    name: string;
    bays: number;
    time_zone: string;
    currency: string | null;
    first_day: string;
    has_tariff: boolean;
    has_limits: boolean;
    limit_s: number | null;
  };
  period: Span;
  compared_with: Span | null;
  totals: Numbers;
  totals_before: Numbers | null;
  is_exact: boolean;
  unit: "hour" | "day" | "week" | "month";
  series: Row[];
  series_before: Row[] | null;
  histogram: { from_s: number; until_s: number | null; stays: number }[];
  by_weekday: Row[];
  by_kind: Row[];
  by_zone: Row[];
  by_level: Row[];
  week_hours: (number | null)[][];
  first_full: { day: string; at: string; full_s: number }[];
  bays: BayNumbers[];
  busiest: string[];
  idle: string[];
  overstays: { now: Overstay[]; period: Overstay[] };
  guidance: {
    guided_share: number | null;
    found_share: number | null;
    minutes_to_park: number | null;
    events: Record<string, number>;
    re_guided: Record<string, number>;
    turned_away: Record<string, number>;
  };
  lost_revenue?: number | null;
  wifi_visits: number;
  faults: {
    by_fault: Record<string, { faults: number; seconds: number }>;
    bays: {
      bay: string;
      bay_id: string;
      faults: number;
      fault_s: number;
      availability: number | null;
      kinds: Record<string, number>;
    }[];
  };
  worse: string[];
  /** Of a period that today is in. */
  today?: Today;
  shops?: Shop[];
}
