//! Related people are a second grouping, and never one person.

use omnichannel::identity::linkage::{Linked, Meaning, Table, link};

use crate::town::{COLUMNS, town};

/// A town in which every third person has a spouse: of one name and place, with another birth.
fn families() -> (Vec<[String; 6]>, Vec<(usize, usize)>) {
    let (people, truth) = town(3_000, 800);
    let (others, _) = town(4_200, 0);
    let (mut rows, mut pairs) = (people.clone(), Vec::new());
    for (at, row) in people.iter().enumerate() {
        if truth[at] % 3 == 0 && truth[at] >= 800 {
            let other = &others[3_000 + pairs.len()];
            let mut spouse = row.clone();
            spouse[0].clone_from(&other[0]);
            spouse[2].clone_from(&other[2]);
            spouse[4] = format!("{}.{}@example.net", other[0], row[1]);
            if at % 2 == 0 {
                spouse[5].clone_from(&other[5]);
            }
            pairs.push((at, rows.len()));
            rows.push(spouse);
        }
    }
    (rows, pairs)
}

fn linked(rows: &[[String; 6]]) -> Linked {
    let mut table = Table::new(COLUMNS.map(|name| (name, Meaning::guess(name))));
    for row in rows {
        table.push(row.iter().map(String::as_str)).expect("six values");
    }
    link(table, 0).1
}

fn groups(of: &[u32]) -> usize {
    of.iter().enumerate().filter(|(at, first)| **first as usize == *at).count()
}

#[test]
fn spouses_are_one_household_and_two_people() {
    let (rows, pairs) = families();
    let found = linked(&rows);
    let together = |of: &[u32]| pairs.iter().filter(|(a, b)| of[*a] == of[*b]).count();
    let (households, people) = (together(&found.households), together(&found.people));
    println!("{households} of {} households, {people} melted", pairs.len());
    assert!(households * 10 >= pairs.len() * 9 && people * 100 <= pairs.len());
    // Strangers are no household: there are hardly fewer than people less spouses.
    let few = groups(&found.people) - groups(&found.households);
    assert!(few <= pairs.len() + pairs.len() / 10, "{few}");
    // A person's records are in one household.
    for (at, first) in found.people.iter().enumerate() {
        assert_eq!(found.households[at], found.households[*first as usize]);
    }
}

#[test]
fn households_do_not_depend_on_the_order_of_records() {
    let (rows, _) = families();
    let (found, count) = (linked(&rows), rows.len());
    let turned: Vec<[String; 6]> = rows.iter().rev().cloned().collect();
    let other = linked(&turned).households;
    for (a, b) in (1..count).map(|at| (at, found.households[at] as usize)) {
        assert_eq!(other[count - 1 - a], other[count - 1 - b], "one there, one here");
    }
    assert_eq!(groups(&found.households), groups(&other));
}

#[test]
fn where_nobody_is_related_households_are_people() {
    let (rows, _) = town(400, 130);
    let found = linked(&rows);
    assert_eq!(groups(&found.people), groups(&found.households));
}
