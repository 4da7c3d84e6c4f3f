/** The schema of `data` in a request. */
export const PAYLOAD_DATA = /^iglu:com\.snowplowanalytics\.snowplow\/payload_data\/jsonschema\/1-0-\d+$/;

/** Keys of a record by payload_data 1-0-4. Every value is a text, and no other key is allowed. */
export const KEYS: ReadonlySet<string> = new Set(
  (
    'tna aid p dtm tz e tid eid tv duid nuid uid vid ip res url page refr fp ctype cookie lang f_pdf f_qt f_realp f_wma ' +
    'f_dir f_fla f_java f_gears f_ag cd ds cs vp mac pp_mix pp_max pp_miy pp_may ad_ba ad_ca ad_ad ad_uid tr_id tr_af ' +
    'tr_tt tr_tx tr_sh tr_ci tr_st tr_co tr_cu ti_id ti_sk ti_nm ti_na ti_ca ti_pr ti_qu ti_cu sa sn st sp se_ca se_ac se_la ' +
    'se_pr se_va ue_na ue_pr ue_px co cx ua tnuid stm sid ttm'
  ).split(' '),
);

export const REQUIRED = ['tv', 'p', 'e'] as const;
