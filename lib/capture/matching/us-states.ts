/** By name without spaces, the two letters of each state of the USA, with its district and territories (ANSI, USPS). */
export const US_STATES: ReadonlyMap<string, string> = new Map(
  (
    'alabama al alaska ak arizona az arkansas ar california ca colorado co connecticut ct delaware de districtofcolumbia dc ' +
    'florida fl georgia ga hawaii hi idaho id illinois il indiana in iowa ia kansas ks kentucky ky louisiana la maine me ' +
    'maryland md massachusetts ma michigan mi minnesota mn mississippi ms missouri mo montana mt nebraska ne nevada nv ' +
    'newhampshire nh newjersey nj newmexico nm newyork ny northcarolina nc northdakota nd ohio oh oklahoma ok oregon or ' +
    'pennsylvania pa rhodeisland ri southcarolina sc southdakota sd tennessee tn texas tx utah ut vermont vt virginia va ' +
    'washington wa westvirginia wv wisconsin wi wyoming wy americansamoa as guam gu northernmarianaislands mp puertorico pr ' +
    'virginislands vi'
  )
    .split(' ')
    .reduce<[string, string][]>((pairs, word, index, words) => {
      if (index % 2 === 0) pairs.push([word, words[index + 1]!]);
      return pairs;
    }, []),
);
