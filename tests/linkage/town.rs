//! A town of made-up people, some of whom are told of twice, with slips.

pub(crate) const COLUMNS: [&str; 6] =
    ["first_name", "surname", "dob", "postcode", "email", "phone"];

pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    pub(crate) fn name(&mut self, syllables: usize) -> String {
        const SYLLABLES: [&str; 24] = [
            "ma", "ri", "lo", "ne", "ka", "tu", "ben", "sol", "dra", "vi", "pe", "gor", "hal",
            "mi", "san", "te", "lu", "fo", "zen", "ra", "ki", "bo", "del", "wy",
        ];
        (0..syllables).map(|_| SYLLABLES[self.below(24)]).collect()
    }
}

/// Records of so many people, some of whom have a second record with slips; and whose each is.
pub(crate) fn town(people: usize, doubles: usize) -> (Vec<[String; 6]>, Vec<usize>) {
    let mut dice = Dice(7);
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for person in 0..people {
        let (first, last) = (dice.name(2), dice.name(3));
        let born = format!(
            "{}-{:02}-{:02}",
            1940 + dice.below(65),
            1 + dice.below(12),
            1 + dice.below(28)
        );
        let row = [
            first.clone(),
            last.clone(),
            born,
            format!("{:05}", dice.below(90) * 1_000 + dice.below(40)),
            format!("{first}.{last}{}@example.org", dice.below(90)),
            format!("06{:08}", dice.below(100_000_000)),
        ];
        if person < doubles {
            let mut slipped = row.clone();
            let at = dice.below(first.len() - 1);
            match dice.below(4) {
                0 => drop(slipped[0].remove(at)),
                1 => drop(slipped[1].remove(at)),
                2 => slipped.swap(0, 1),
                _ => slipped[5].clear(),
            }
            if dice.below(3) == 0 {
                slipped[4].clear();
            }
            rows.push(slipped);
            truth.push(person);
        }
        rows.push(row);
        truth.push(person);
    }
    (rows, truth)
}
