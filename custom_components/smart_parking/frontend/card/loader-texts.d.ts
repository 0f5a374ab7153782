/** What the build gives the file that is on every page: a few texts in every language. */
declare module "smart-parking:texts" {
  export type Key =
    | "card_name"
    | "card_description"
    | "dashboard_name"
    | "dashboard_description"
    | "load_anew"
    | "too_old"
    | "view_plan"
    | "view_compact";
  const texts: Record<string, Record<Key, string> | undefined>;
  export default texts;
}
