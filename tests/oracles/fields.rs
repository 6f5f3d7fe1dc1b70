//! The fields of an object, by JSON pointer.

use serde_json::{Map, Value};

/// The pointers of all fields, those below a field before it.
pub fn places(object: &Value) -> Vec<String> {
    let mut places = Vec::new();
    collect(object, "", &mut places);
    places
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                collect(value, &place, places);
                places.push(place);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, &format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
}

/// Removes a field, if it is there.
pub fn remove(object: &mut Value, place: &str) {
    if let Some((fields, name)) = parent(object, place) {
        fields.remove(&name);
    }
}

/// Sets a field, if there is something that can hold it.
pub fn put(object: &mut Value, place: &str, value: Value) {
    if let Some((fields, name)) = parent(object, place) {
        fields.insert(name, value);
    }
}

fn parent<'a>(object: &'a mut Value, place: &str) -> Option<(&'a mut Map<String, Value>, String)> {
    let (parent, name) = place.rsplit_once('/').expect("it is a pointer");
    let fields = object.pointer_mut(parent)?.as_object_mut()?;
    Some((fields, name.replace("~1", "/").replace("~0", "~")))
}
